import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashCode, isSlow, matchesCode, newCode, nobody } from './code.ts';

describe('the code of a person', () => {
  it('has 125 random bits in groups, and never comes twice', () => {
    const codes = Array.from({ length: 200 }, newCode);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(new Set(codes).size).toBe(200);
  });

  it('is kept as a salted hash, and matches however it was typed', async () => {
    const code = '01ABC-DEFGH-JKMNP-QRSTV-WXYZ0';
    const stored = hashCode(code);
    expect(stored).not.toContain(code);
    expect(hashCode(code)).not.toBe(stored);
    for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ' '), ' oiabcdefghjkmnpqrstvwxyzO ', 'OLABCDEFGHJKMNPQRSTVWXYZ0']) {
      expect(await matchesCode(typed, stored), typed).toBe(true);
    }
    expect(await matchesCode(code.replace('Z0', 'Z1'), stored)).toBe(false);
  });

  it('that was kept as scrypt matches still, and is said to be', async () => {
    const salt = Buffer.alloc(16, 7);
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const stored = `$scrypt$ln=15,r=8,p=3$${unpadded(salt)}$${unpadded(scryptSync('ABC', salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 27 }))}`;
    expect([await matchesCode('a-b-c', stored), await matchesCode('ABD', stored)]).toEqual([true, false]);
    expect([isSlow(stored), isSlow(hashCode('ABC'))]).toEqual([true, false]);
    for (const absurd of [stored.replace('ln=15', 'ln=30'), stored.replace('r=8', 'r=99')])
      expect(await matchesCode('ABC', absurd), absurd).toBe(false);
  });

  it('matches nothing that is damaged or belongs to nobody', async () => {
    const stored = hashCode('A');
    for (const wrong of ['', stored.slice(0, -1), `${stored}A`, stored.replace('sha256', 'plain'), nobody])
      expect(await matchesCode('A', wrong), wrong).toBe(false);
  });
});
