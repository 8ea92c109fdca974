import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { isValidIBAN } from 'ibantools';
import { findPhoneNumbersInText } from 'libphonenumber-js/max';
import { digitsOf, luhn, uniform } from './checksums.ts';
import type { Detector } from './detector.ts';

/** What is the same in every country. */
export const general: readonly Detector[] = [
  {
    name: 'email_address',
    hint: '@',
    pattern:
      /(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+'][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,59})(?![A-Za-z0-9])/g,
    valid: (found) => !found.includes('..') && !found.includes('.@'),
  },
  {
    name: 'phone_number',
    pattern:
      /(?<![\w.+-])(?:\+|00)[1-9](?:[ ().\-/]{0,3}\d){6,14}(?![\w-])|(?<![\w.+-])\(?0?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])|(?<![\w.+-])\(?0\d{1,4}\)?(?:[ ./-]{1,2}\d{2,8}){1,5}(?![\w-])/g,
    valid: isPhone,
    shrinks: true,
  },
  {
    name: 'credit_card',
    pattern: /(?<![\w.+-])[1-9]\d(?:[ -]?\d){10,17}(?![\w-])/g,
    valid: isCard,
    shrinks: true,
  },
  {
    name: 'iban_code',
    pattern: /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])/g,
    valid: isIban,
    shrinks: true,
  },
  {
    name: 'crypto',
    pattern: /(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,71})(?![A-Za-z0-9])/g,
    valid: isBitcoin,
  },
  {
    name: 'ip_address',
    pattern:
      /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\w]|\.\d)|(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:(?:\d{1,3}\.){3}\d{1,3})?(?:%[A-Za-z0-9]{1,16})?(?:\/\d{1,3})?(?![\w:]|\.\d)/g,
    valid: isAddress,
  },
  {
    name: 'mac_address',
    pattern:
      /(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-]|\.\w)/g,
    valid: (found) => !/^(?:[0:.-]{12,17}|[Ff:.-]{12,17})$/.test(found),
  },
  {
    name: 'url',
    pattern:
      /(?<![\w@.-])(?:https?:\/\/)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?::\d{1,5})?(?:[/?#][^\s<>"'`]{0,2000})?(?![\w@])/g,
    valid: (found) => /^https?:/i.test(found) || /\.(?:com|org|net|edu|gov|io|ai|dev|app|info|biz|[a-z]{2})(?:$|[:/?#])/i.test(found),
  },
  {
    name: 'date_time',
    pattern:
      /(?<![\w/.-])(?:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}[- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}(?:[- ](?:\d{4}|\d{2}))?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[- ]\d{1,4}(?:, ?\d{4})?|\d{1,2}\/\d{4}|\d{1,2}\/\d{1,2})(?![\w/-]|\.\d)/gi,
    near: /birth|born|dob|geburt|naissance/,
  },
];

/** A number that its country could give out; regions of the caller are not known, so some of the large ones are tried. */
function isPhone(found: string): boolean {
  const digits = digitsOf(found);
  if (digits.length < 7 || digits.length > 15 || uniform(digits)) return false;
  const international = found.startsWith('00') ? `+${found.slice(2)}` : found;
  const regions = international.startsWith('+') ? ([undefined] as const) : (['US', 'GB', 'DE', 'FR'] as const);
  return regions.some((region) => findPhoneNumbersInText(international, region).length > 0);
}

const schemes = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^5[1-5]\d{14}$/,
  /^2(?:2[2-9]|[3-6]\d|7[01])\d{13}$|^2720\d{12}$/,
  /^3[47]\d{13}$/,
  /^3(?:0[0-59]|[689]\d)\d{11,16}$/,
  /^35\d{14}$/,
  /^(?:2131|1800)\d{11}$/,
  /^6(?:011|5\d\d|4[4-9]\d|2\d\d)\d{12,15}$/,
  /^(?:50|5[6-9]|6\d)\d{10,17}$/,
  /^1\d{14}$|^220[0-4]\d{12}$/,
];

function isCard(found: string): boolean {
  const bare = found.replaceAll(/[ -]/g, '');
  return luhn(digitsOf(bare)) && !uniform(digitsOf(bare)) && schemes.some((scheme) => scheme.test(bare));
}

/** What follows in letters may be the next word: the longest beginning that is one counts. */
function isIban(found: string): boolean {
  return isValidIBAN(found.replaceAll(/[ -]/g, '').toUpperCase());
}

function isAddress(found: string): boolean {
  const [address = '', prefix] = found.split('/');
  if (!address.includes(':'))
    return (
      address.split('.').every((part) => Number(part) <= 255 && (part.length === 1 || !part.startsWith('0'))) && Number(prefix ?? 0) <= 32
    );
  return isIPv6(address) && Number(prefix ?? 0) <= 128;
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function isBitcoin(found: string): boolean {
  return /^bc1/i.test(found) ? isBech32(found) : isBase58(found);
}

function isBase58(found: string): boolean {
  let value = 0n;
  for (const sign of found) value = value * 58n + BigInt(base58.indexOf(sign));
  const hex = value.toString(16).padStart(50, '0');
  if (hex.length !== 50) return false;
  const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  return (
    sha(sha(Buffer.from(hex.slice(0, 42), 'hex')))
      .subarray(0, 4)
      .toString('hex') === hex.slice(42)
  );
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

function isBech32(found: string): boolean {
  const lower = found.toLowerCase();
  if (found !== lower && found !== found.toUpperCase()) return false;
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let check = 1;
  // The human-readable part `bc`, expanded as the format says, then the data.
  for (const value of [3, 3, 0, 2, 3, ...[...lower.slice(3)].map((sign) => bech32.indexOf(sign))]) {
    const top = check >> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) check ^= generators[bit] as number;
  }
  return check === 1 || check === 0x2bc830a3;
}
