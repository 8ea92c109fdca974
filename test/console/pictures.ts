import type { Page } from 'playwright-core';
import { tellOfDevices } from './devices.ts';
import type { ConsoleHouse } from './house.ts';
import { campaignsFiles } from './plugin-files.ts';
import type { Seeded } from './seed.ts';

/** One screen as it is pictured. */
export interface Picture {
  /** File name in `docs/screens`, without theme and ending. */
  readonly name: string;
  /** Address under `/console`. */
  readonly path: (seeded: Seeded) => string;
  readonly person: string;
  readonly roles: readonly string[];
  /** What happens in the house before anybody looks. */
  readonly before?: (house: ConsoleHouse) => Promise<void>;
  /** What a person does before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly width?: number;
  readonly height?: number;
}

const lead = { person: 'lee@acme.example', roles: ['approver', 'operator', 'administrator'] } as const;

/** Every screen has its line; `npm run screenshots NAME` takes one. */
export const pictures: readonly Picture[] = [
  { name: 'home', path: () => '/', ...lead },
  { name: 'approvals', path: () => '/approvals', ...lead },
  { name: 'alerts', path: () => '/alerts', ...lead },
  { name: 'runs', path: () => '/runs', ...lead },
  { name: 'run', path: () => '/runs', ...lead, prepare: async (page) => await page.getByRole('link', { name: /ann@/ }).first().click() },
  { name: 'record', path: () => '/record?q=kind%3Adecided', ...lead },
  { name: 'blast', path: () => '/blast', ...lead },
  {
    name: 'blast-map',
    path: () => '/blast?view=map',
    ...lead,
    prepare: async (page) => void (await page.waitForSelector('.react-flow__edge')),
  },
  { name: 'blast-declared', path: () => '/blast?show=declared', ...lead },
  { name: 'clients', path: () => '/clients', ...lead, height: 1250, before: tellOfDevices },
  { name: 'mine', path: () => '/mine', person: 'ben@acme.example', roles: [] },
  { name: 'batches', path: () => '/batches', ...lead },
  { name: 'batch', path: ({ batch }) => `/batches/${batch}`, ...lead },
  { name: 'batch-proposal', path: ({ batch }) => `/batches/${batch}?tab=proposal`, ...lead },
  { name: 'stop', path: () => '/stop?kind=plugin&id=campaigns', ...lead },
  { name: 'limits', path: () => '/stop?tab=limits', ...lead, height: 700 },
  { name: 'messages', path: () => '/alerts?view=messages', ...lead, height: 600 },
  { name: 'sessions', path: () => '/sessions', ...lead, height: 600 },
  { name: 'grants', path: () => '/approvals/grants', ...lead, height: 600 },
  { name: 'reviews', path: () => '/approvals/reviews', ...lead, height: 600 },
  { name: 'quality', path: () => '/approvals/quality', ...lead, height: 600 },
  { name: 'ticket', path: ({ bulk }) => `/approvals/${bulk}`, ...lead, height: 1100 },
  {
    name: 'catalog',
    path: () => '/catalog',
    ...lead,
    before: (house) => house.propose(campaignsFiles('2.2.0'), { person: 'olga@acme.example', roles: ['approver'] }),
  },
  { name: 'catalog-plugin', path: () => '/catalog/plugin/campaigns', ...lead },
  { name: 'catalog-review', path: () => '/catalog/plugin/campaigns?tab=reviews', ...lead },
  { name: 'policy', path: () => '/policy', ...lead },
  {
    name: 'policy-problem',
    path: () => '/policy',
    ...lead,
    prepare: async (page) => {
      const text = page.getByLabel(/^Text of /);
      await text.fill((await text.inputValue()).replace('access: read-write', 'acces: read-write'));
      await page.getByRole('button', { name: /Did you mean/ }).click();
    },
  },
  {
    name: 'policy-calls',
    path: () => '/policy',
    ...lead,
    prepare: async (page) => {
      await page.getByLabel('Document').selectOption({ label: 'connector crm' });
      await page.getByLabel('Access').selectOption('read-only');
      await page.getByRole('button', { name: /^Past calls/ }).click();
      await page.getByRole('button', { name: 'Decide them again' }).click();
      await page.getByRole('list', { name: 'What turns into what' }).waitFor();
    },
  },
  { name: 'policy-effective', path: () => '/policy?tab=effective&who=ann%40acme.example', ...lead },
];
