import { useEffect, useRef } from 'react';
import { pref } from './prefs.ts';

/** One key, or two after each other (`g a`), and what it does. `mod` is ⌘ or Ctrl. */
export interface Binding {
  readonly keys: string;
  readonly label: string;
  /** Where `?` lists it. */
  readonly group: string;
  run(event: KeyboardEvent): void;
}

interface Layer {
  readonly bindings: () => readonly Binding[];
  /** A dialog: what is under it does not hear keys. */
  readonly modal: boolean;
}

const layers: Layer[] = [];
const pairWithinMs = 1_200;
let first = '';
let firstAtMs = 0;

/** Binds keys while the component is there. The newest binding of a key wins; a modal one silences what is under it. */
export function useKeys(bindings: readonly Binding[], { modal = false, enabled = true } = {}): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    if (!enabled) return undefined;
    const layer: Layer = { bindings: () => latest.current, modal };
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [modal, enabled]);
}

/** Every binding that is heard now, innermost first. */
export function boundNow(): readonly Binding[] {
  const heard: Binding[] = [];
  for (const layer of layers.toReversed()) {
    heard.push(...layer.bindings());
    if (layer.modal) break;
  }
  return heard;
}

/** Listens; called once. */
export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = nameOf(event);
    if (name === undefined) return;
    const plain = !name.startsWith('mod+');
    if (plain && name !== 'escape' && (isTyping(event.target) || !pref('letterKeys'))) return;
    // Enter and space belong to what has the focus.
    if (plain && (name === 'enter' || name === ' ') && isControl(event.target)) return;
    const bound = boundNow();
    const pair = performance.now() - firstAtMs < pairWithinMs ? `${first} ${name}` : name;
    const found = bound.find(({ keys }) => keys === pair) ?? bound.find(({ keys }) => keys === name);
    first = bound.some(({ keys }) => keys.startsWith(`${name} `)) ? name : '';
    firstAtMs = performance.now();
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
}

function nameOf(event: KeyboardEvent): string | undefined {
  const key = event.key.toLowerCase();
  if (['shift', 'control', 'meta', 'alt'].includes(key) || event.altKey) return undefined;
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('a[href], button, summary, [role=menuitem], [role=option], [role=tab]') !== null;
}

const apple = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform);

/** A binding as keyboards show it. */
export function shownKeys(keys: string): readonly string[] {
  return keys.split(' ').map((key) => {
    const [last = ''] = key.split('+').slice(-1);
    const word =
      ({ enter: '↵', escape: 'Esc', arrowdown: '↓', arrowup: '↑' } as Readonly<Record<string, string>>)[last] ?? last.toUpperCase();
    return key.startsWith('mod+') ? `${apple ? '⌘' : 'Ctrl '}${word}` : word;
  });
}
