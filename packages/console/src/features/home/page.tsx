import { Page } from '../../ui/page.tsx';

/** Is anything wrong right now? */
export function HomePage() {
  return <Page title="Home">…</Page>;
}
