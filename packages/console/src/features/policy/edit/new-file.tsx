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
connectors: [new-connector]
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
  const problem = problemOf(file, draft);
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
          help="As sales.yaml; folders as in sales/mail.yaml."
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
          ]}
          onChange={({ target }) => setKind(target.value as Kind)}
        />
      </form>
    </Dialog>
  );
}

/** As the folder is read: no hidden folder; a document is .yaml, and what ends in .cases.yaml stands beside the set. */
function problemOf(file: string, { texts }: Draft): string | undefined {
  const hidden = file.split('/').some((part) => part.startsWith('.') || part === '' || part === 'node_modules');
  if (hidden || !policyFileName.safeParse(file).success || !/\.ya?ml$/.test(file))
    return 'Letters, digits, - _ . and /, no hidden folder; it ends in .yaml.';
  if (/\.cases\.ya?ml$/.test(file)) return 'Cases are no part of the policy: put them into the folder.';
  return texts[file] === undefined ? undefined : 'There is a file of this name.';
}
