import { pref, setPref } from './prefs.ts';

/** Sets the theme; `system` follows the machine. */
export function setTheme(theme: 'system' | 'light' | 'dark'): void {
  setPref('theme', theme);
  applyTheme();
}

/** Puts what is set on the page. */
export function applyTheme(): void {
  const theme = pref('theme');
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
