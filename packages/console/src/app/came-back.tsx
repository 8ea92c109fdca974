import { CircleCheck } from 'lucide-react';
import { useEffect } from 'react';
import { tellSignedIn } from '../lib/came-back.ts';
import { useSession } from '../lib/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';

/** Where the sign-in of another tab ends: that tab hears of it and goes on. */
export function CameBack() {
  const { person } = useSession();
  useEffect(tellSignedIn, []);
  return (
    <Page title="Signed in">
      <Empty icon={CircleCheck} title={`You are signed in as ${person}.`}>
        <p className="mb-4">Close this tab, and go on in the one that you came from.</p>
        <ButtonLink to="/">Home</ButtonLink>
      </Empty>
    </Page>
  );
}
