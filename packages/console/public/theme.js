// Before the first paint, so that nobody who chose dark sees a white flash.
try {
  const theme = localStorage.getItem('trapkey.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's setting holds.
}
