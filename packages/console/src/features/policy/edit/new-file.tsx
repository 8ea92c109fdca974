import { policyFileName } from '@trapkey/contract/api/policy.ts';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import type { Draft } from '../draft.ts';

const templates = {
  plugin: `plugin: new-plugin
owner: owner@corp.example
for: ["group:everyone"]
release: { version: 1.0.0 }
connectors: []
`,
  connector: `connector: new-connector
owner: owner@corp.example
access: read-only
because: What this connector is for
tools: {}
`,
  organization: `organization: corp
owner: owner@corp.example
inside: { domains: [corp.example] }
`,
  cases: `- case: What policy must say of one call
  person: somebody@corp.example
  plugin: new-plugin
  connector: new-connector
  tool: read_something
  args: {}
  expect: { verdict: allow }
`,
} as const;
type Kind = keyof typeof templates;

/** A file that the set does not have yet: its name, and what it begins with. It is part of the draft, as every other text. */
export function NewFile({
  draft,
  onAdded,
  onClose,
}: {
  readonly draft: Draft;
  readonly onAdded: (file: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('plugin');
  const [tried, setTried] = useState(false);
  const file = name.trim();
  const problem = problemOf(file, kind, draft);
  const add = () => {
    setTried(true);
    if (problem !== undefined) return;
    draft.set(file, templates[kind]);
    onAdded(file);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="New file"
      says="It is part of your draft, and of the policy once the draft is published."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={add}>
            Add it
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label="Name"
          help={
            kind === 'cases' ? 'As sales.cases.yaml; folders as in sales/mail.cases.yaml.' : 'As sales.yaml; folders as in sales/mail.yaml.'
          }
          value={name}
          maxLength={200}
          problem={tried ? problem : undefined}
          onChange={({ target }) => setName(target.value)}
        />
        <SelectField
          label="Begins with"
          value={kind}
          options={[
            ['plugin', 'A plugin'],
            ['connector', 'A connector'],
            ['organization', 'The organization'],
            ['cases', 'Cases'],
          ]}
          onChange={({ target }) => setKind(target.value as Kind)}
        />
      </form>
    </Dialog>
  );
}

function problemOf(file: string, kind: Kind, { texts }: Draft): string | undefined {
  if (
    !policyFileName.safeParse(file).success ||
    file.split('/').some((part) => part.startsWith('.') || part === '' || part === 'node_modules')
  )
    return 'Letters, digits, - _ . and /, no hidden folder; it ends in .yaml.';
  if (texts[file] !== undefined) return 'There is a file of this name.';
  const cases = /\.cases\.ya?ml$/i.test(file);
  if (kind === 'cases' && !cases) return 'A file of cases ends in .cases.yaml.';
  if (kind !== 'cases' && (cases || !/\.ya?ml$/i.test(file))) return 'A document ends in .yaml, and not in .cases.yaml.';
  return undefined;
}
