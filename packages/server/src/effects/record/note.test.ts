import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTree, leafHash, rootOf } from '../../kernel/merkle.ts';
import { parseCheckpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { decodeBase64, openNote, parseVerifierKey, privateKeyOf, signNote, verifierKey } from './note.ts';

// The published vectors of golang.org/x/mod/sumdb/note.
const peterKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const peterSeed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterLine = '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const enochKey = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const enochLine = '\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
// A head of the Go checksum database, as it was served in 2024.
const sumKey = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const sumNote =
  'go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n\u2014 sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=\n';

describe('signed note', () => {
  it('signs exactly as the reference implementation does', () => {
    const privateKey = privateKeyOf(peterSeed);
    expect(signNote(text, [{ name: 'PeterNeumann', privateKey }])).toBe(`${text}\n${peterLine}`);
    expect(verifierKey('PeterNeumann', privateKey)).toBe(peterKey);
  });

  it('opens by trusted keys, ignores unknown ones, and refuses when none is trusted', () => {
    const [peter, enoch] = [parseVerifierKey(peterKey), parseVerifierKey(enochKey)];
    const note = `${text}\n${peterLine}${enochLine}`;
    expect(openNote(note, [peter])).toEqual({ text, by: [peter] });
    expect(openNote(note, [enoch, peter]).by).toEqual([peter, enoch]);
    expect(() => openNote(note, [])).toThrow('None of the trusted keys signed it');
    expect(openNote(sumNote, [parseVerifierKey(sumKey)]).by[0]?.name).toBe('sum.golang.org');
  });

  it('refuses the whole note when a trusted signature is wrong', () => {
    const changed = `${text.replace('answer', 'questn')}\n${peterLine}${enochLine}`;
    expect(() => openNote(changed, [parseVerifierKey(peterKey)])).toThrow('The signature of PeterNeumann does not fit the text');
  });

  it('refuses malformed notes', () => {
    const peter = parseVerifierKey(peterKey);
    for (const bad of [
      text,
      `${text}\n`,
      `${text}\n${peterLine.slice(0, -1)}`,
      `\u0001${text}\n${peterLine}`,
      `\ufffd${text}\n${peterLine}`,
      `${text}\n\u2014 Bad Name x08go/ZJ\n`,
      `${text}\n${peterLine}Unexpected line.\n`,
      `${text}\n${peterLine.repeat(101)}`,
    ]) {
      expect(() => openNote(bad, [peter]), bad.slice(0, 200)).toThrow(/not a signed note|more than 100/);
    }
  });

  it('reads no mangled verifier key', () => {
    for (let from = 0; from <= peterKey.length; from++) {
      for (let to = from + 1; to <= peterKey.length; to++)
        if (from > 0 || to < peterKey.length) expect(() => parseVerifierKey(peterKey.slice(from, to))).toThrow();
    }
    for (let i = 0; i < peterKey.length; i++) {
      expect(() =>
        parseVerifierKey(peterKey.slice(0, i) + String.fromCharCode(peterKey.charCodeAt(i) + 1) + peterKey.slice(i + 1)),
      ).toThrow();
    }
    expect(() => parseVerifierKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==')).toThrow();
    expect(() => parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toThrow();
  });

  it('reads base64 in its one spelling only', () => {
    expect(decodeBase64('AQ==')).toEqual(Buffer.of(1));
    for (const bad of ['AR==', 'AQ=', 'AQ', 'A_==', ' AQ==']) expect(decodeBase64(bad)).toBeUndefined();
  });
});

describe('checkpoint', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = parseVerifierKey(verifierKey('trapkey.test/record', privateKey));

  it('reads the example of the specification and a served head', () => {
    const example = parseCheckpoint(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
    );
    expect(example).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163, extensions: [] });
    expect(parseCheckpoint(sumNote).size).toBe(30055305);
  });

  it('comes back from its signature, and no other byte of it does', () => {
    const head = { origin: 'trapkey.test/record', size: 7, root: leafHash('x') };
    const note = signCheckpoint(head, privateKey);
    expect(verifyCheckpoint(note, [key])).toEqual({ ...head, extensions: [] });
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(note[at] !== character);
        expect(() => verifyCheckpoint(note.slice(0, at) + character + note.slice(at + 1), [key])).toThrow();
      }),
    );
  });

  it('of the empty tree has size 0, and sizes have one spelling', () => {
    const note = signCheckpoint({ origin: 'o', size: 0, root: rootOf(emptyTree()) }, privateKey);
    expect(note.split('\n').slice(0, 3)).toEqual(['o', '0', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=']);
    const sized = (size: string) => signNote(`o\n${size}\n${Buffer.from(leafHash('x')).toString('base64')}\n`, [{ name: 'o', privateKey }]);
    for (const size of ['01', '-1', '1.0', '1e3', '99999999999999999999', '']) expect(() => parseCheckpoint(sized(size))).toThrow();
  });

  it('is not made by a witness alone', () => {
    const witness = generateKeyPairSync('ed25519').privateKey;
    const note = signNote(`trapkey.test/record\n1\n${Buffer.from(leafHash('x')).toString('base64')}\n`, [
      { name: 'witness.test', privateKey: witness },
    ]);
    expect(() => verifyCheckpoint(note, [key, parseVerifierKey(verifierKey('witness.test', witness))])).toThrow(
      'No trusted key of trapkey.test/record itself',
    );
  });
});
