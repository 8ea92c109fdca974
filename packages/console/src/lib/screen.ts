import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** One address of a screen: a path under `/console`, and what is loaded when somebody goes there. */
export interface Page {
  /** `approvals`, `approvals/$ticket` */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** For a page that the palette lists besides its screen. */
  readonly title?: string;
  /** Keys of its own, where it has any. */
  readonly key?: string;
}

/** One screen of the console, as its folder offers it to the shell. */
export interface Screen {
  readonly id: string;
  readonly title: string;
  /** The question that it answers; shown in the palette. */
  readonly question: string;
  readonly icon: LucideIcon;
  /** The second key of `G …`. */
  readonly key?: string;
  /** Under which heading the shell lists it. */
  readonly group: 'now' | 'what exists' | 'rules' | 'evidence' | 'you';
  /** Who finds it in the shell; the API says who may do what. Unset: everybody. */
  readonly roles?: readonly string[];
  /** The first is where the shell leads. */
  readonly pages: readonly [Page, ...Page[]];
}

/** Loads a named component of a file when it is needed. */
export function lazily<N extends string>(name: N, load: () => Promise<Readonly<Record<N, ComponentType>>>): Page['load'] {
  return async () => ({ default: (await load())[name] });
}
