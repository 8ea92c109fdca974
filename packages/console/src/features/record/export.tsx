import { Download } from 'lucide-react';
import { useState } from 'react';
import { postForFile } from '../../lib/download.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** Takes what a query finds out of the house, with a reason on record. */
export function ExportButton({ query }: { readonly query: string }) {
  const [open, setOpen] = useState(false);
  const [format, setFormat] = useState('jsonl');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  if (!useHasRole('administrator', 'auditor')) return null;
  const take = async () => {
    setBusy(true);
    try {
      const name = await postForFile('/api/record/export', { query, format, ...(reason !== '' && { reason }) });
      tell(`Exported ${name}`);
      setOpen(false);
    } catch (error) {
      tellRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Download aria-hidden size={14} /> Export
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Export"
        says={query === '' ? 'The whole record.' : `What “${query}” finds.`}
        foot={
          <Button look="primary" busy={busy} onClick={() => void take()}>
            Export
          </Button>
        }
      >
        <div className="flex flex-col gap-3">
          <SelectField
            label="Format"
            value={format}
            options={[
              ['jsonl', 'JSON lines, with what proves them'],
              ['csv', 'CSV, a table'],
            ]}
            onChange={({ target }) => setFormat(target.value)}
          />
          <TextField
            label="Why"
            help="It stands in the entry that this export leaves."
            value={reason}
            maxLength={500}
            onChange={({ target }) => setReason(target.value)}
          />
        </div>
      </Dialog>
    </>
  );
}
