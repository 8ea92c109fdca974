import { MapPinOff } from 'lucide-react';
import { ButtonLink } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';

/** An address that is no screen. */
export function NotFound() {
  return (
    <Page title="Nothing here">
      <Empty icon={MapPinOff} title="There is nothing at this address.">
        <p className="mb-4">It may be of a newer version, or mistyped.</p>
        <ButtonLink to="/">Home</ButtonLink>
      </Empty>
    </Page>
  );
}
