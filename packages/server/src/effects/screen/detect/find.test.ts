import { describe, expect, it } from 'vitest';
import { detectorNames } from '../../../kernel/detectors.ts';
import { asia } from './asia.ts';
import { europe } from './europe.ts';
import { finderFor } from './find.ts';
import { general } from './general.ts';
import { germany } from './germany.ts';
import { lookFor } from './look.ts';
import { secrets } from './secrets.ts';
import { world } from './world.ts';

const all = [...secrets, ...general, ...germany, ...europe, ...asia, ...world];
const found = (names: readonly string[], text: string) =>
  finderFor(names)
    ?.find(text)
    .map(({ name, start, end }) => `${name}=${text.slice(start, end)}`);

describe('detectors', () => {
  it('are all there, each under a name that policy knows', () => {
    expect([...new Set(all.map(({ name }) => name))].sort()).toEqual([...detectorNames].sort());
  });

  it('have no step without an upper bound, so that time grows with the text and no faster', () => {
    for (const { name, pattern } of all) {
      const bare = pattern.source.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, '');
      expect(bare.replaceAll(/\{\d+(,\d+)?\}/g, ''), name).not.toMatch(/[*+]|\{\d+,\}/);
    }
  });

  it('find tokens and keys as their issuers write them, without what stands around', () => {
    const a = (count: number) => 'aB3'.repeat(99).slice(0, count);
    expect(found(['secret'], `token ghp_${a(36)}, key AKIAIOSFODNN7EXAMPLE.`)).toEqual([
      `github_token=ghp_${a(36)}`,
      'aws_key=AKIAIOSFODNN7EXAMPLE',
    ]);
    expect(found(['secret'], 'postgres://app:s3cr3t-pw@db.corp.example/x')).toEqual(['url_password=s3cr3t-pw']);
    expect(found(['secret'], 'api_key: "Zx81kk20qP", mode: "fast"')).toEqual(['password=Zx81kk20qP']);
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
    expect(found(['secret'], `before\n${pem}\nafter`)).toEqual([`private_key=${pem}`]);
  });

  it('find by class only what has a check of its own, or a word beside it that says what it is', () => {
    expect(found(['pii'], 'order 945456787654 and 912803456')).toEqual([]);
    expect(found(['pii'], 'account number 945456787654')).toEqual(['us_bank_number=945456787654']);
    expect(found(['pii'], 'DE89 3704 0044 0532 0130 00 or ada@example.org or +49 30 901820')).toEqual([
      'iban_code=DE89 3704 0044 0532 0130 00',
      'email_address=ada@example.org',
      'phone_number=+49 30 901820',
    ]);
    expect(found(['pii'], 'version 1.2.3 of 2026-03-04, 12,000 items at 10:30, build 20260304.1')).toEqual([]);
  });

  it('find a card that another number follows', () => {
    expect(found(['payment'], 'card 4111 1111 1111 1111 123 thanks')).toEqual(['credit_card=4111 1111 1111 1111']);
  });

  it('see through escapes and base64 in arguments', () => {
    const mail = 'to ada@example.org today';
    expect(lookFor(['pii'], { q: encodeURIComponent(mail).replaceAll('@', '%40') })).toEqual(['pii']);
    expect(lookFor(['pii'], { deep: [{ q: Buffer.from(mail).toString('base64') }] })).toEqual(['pii']);
    expect(lookFor(['pii'], { q: Buffer.from(mail).toString('hex') })).toEqual(['pii']);
    expect(lookFor(['pii'], { q: 'weather today in Lyon and around it' })).toEqual([]);
    expect(lookFor(['mnpi'], { q: mail })).toEqual([]);
  });
});
