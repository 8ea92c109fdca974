import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** Local time, because that is what the format stores: the same bytes in every time zone. */
const epoch = new Date(1980, 0, 1);

/** An archive of these files; the same files give the same bytes on every machine, so nothing is compressed. */
export async function zipOf(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    // What names its interpreter is meant to be run; nothing else of the modes is kept.
    const mode = bytes[0] === 0x23 && bytes[1] === 0x21 ? 0o100755 : 0o100644;
    zip.addBuffer(Buffer.from(bytes), path, { mtime: epoch, mode, compress: false, forceDosTimestamp: true });
  }
  zip.end();
  return await buffer(zip.outputStream);
}
