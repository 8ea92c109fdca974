import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendLeaves, decodePeaks, emptyTree, encodePeaks, leafHash, rootOf } from '../../kernel/merkle.ts';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proofs.ts';

// The tree that certificate-transparency-go and its ports test against.
const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const knownLeaves = known.map((bytes) => leafHash(bytes));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sha = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 6962 2.1, word for word. */
function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Buffer.of(0), entries[0] as Uint8Array);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });
const tree = (leaves: readonly Uint8Array[]) => appendLeaves(emptyTree(), leaves);

describe('tree', () => {
  it('has the known roots', () => {
    expect(hex(rootOf(emptyTree()))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(knownRoots.map((_, i) => hex(rootOf(tree(knownLeaves.slice(0, i + 1)))))).toEqual(knownRoots);
  });

  it('hashes a string as its UTF-8 bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => hex(leafHash(text)) === hex(leafHash(Buffer.from(text, 'utf8')))));
  });

  it('is the recursive definition, however the leaves are grouped, and survives storing', () => {
    fc.assert(
      fc.property(entries, fc.nat(70), (all, cut) => {
        const leaves = all.map((bytes) => leafHash(bytes));
        const head = tree(leaves.slice(0, cut));
        const grown = appendLeaves(decodePeaks(head.size, encodePeaks(head)), leaves.slice(cut));
        expect(hex(rootOf(grown))).toBe(hex(naiveRoot(all)));
        expect(grown.size).toBe(all.length);
        expect(hex(rootOf(head))).toBe(hex(naiveRoot(all.slice(0, cut))));
      }),
    );
  });

  it('refuses peaks that do not belong to the size', () => {
    expect(() => decodePeaks(3, new Uint8Array(32))).toThrow('A tree of 3 leaves has 2 peaks');
    expect(() => decodePeaks(-1, new Uint8Array(0))).toThrow('cannot have -1 leaves');
  });
});

describe('inclusion', () => {
  it('gives the known proofs', () => {
    expect(inclusionProof(knownLeaves, 0).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(inclusionProof(knownLeaves.slice(0, 3), 2).map(hex)).toEqual([
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    ]);
  });

  it('holds for every leaf, and for no other leaf, index, size or root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 66 }), fc.nat(), fc.nat(), (size, pick, other) => {
        const leaves = Array.from({ length: size }, (_, i) => leafHash(String(i)));
        const index = pick % size;
        const claim = { leaf: leaves[index] as Uint8Array, index, size, proof: inclusionProof(leaves, index), root: rootOf(tree(leaves)) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: leafHash('forged') })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, leafHash('x')] })).toBe(false);
        expect(verifyInclusion({ ...claim, root: leafHash('x') })).toBe(false);
        const elsewhere = other % (size + 1);
        if (elsewhere !== index) expect(verifyInclusion({ ...claim, index: elsewhere })).toBe(false);
        if (claim.proof.length > 0) expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      }),
    );
  });
});

describe('consistency', () => {
  it('gives the known proof from 6 to 8', () => {
    expect(consistencyProof(knownLeaves, 6).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('holds between every two sizes of one tree and never for a changed past', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 66 }), fc.nat(), fc.nat(), (size, pick, changed) => {
        const leaves = Array.from({ length: size }, (_, i) => leafHash(String(i)));
        const oldSize = 1 + (pick % size);
        const oldRoot = rootOf(tree(leaves.slice(0, oldSize)));
        const claim = { oldSize, oldRoot, size, root: rootOf(tree(leaves)), proof: consistencyProof(leaves, oldSize) };
        expect(verifyConsistency(claim)).toBe(true);
        const rewritten = leaves.with(changed % oldSize, leafHash('rewritten'));
        expect(verifyConsistency({ ...claim, root: rootOf(tree(rewritten)), proof: consistencyProof(rewritten, oldSize) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, leafHash('x')] })).toBe(false);
        expect(verifyConsistency({ ...claim, size: oldSize - 1 })).toBe(false);
      }),
    );
  });
});
