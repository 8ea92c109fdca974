import { digitsOf, isDay, luhn, uniform, verhoeff, weighted } from './checksums.ts';
import type { Detector } from './detector.ts';

/** Numbers of America, Africa and Australia. */
export const world: readonly Detector[] = [
  { name: 'us_ssn', pattern: /(?<![\w-])\d{3}([- .])\d{2}\1\d{4}(?![\w-])/g, valid: isSsn },
  { name: 'us_ssn', pattern: /(?<![\w.-])\d{9}(?![\w-]|\.\d)/g, valid: isSsn, near: /ssn|social.?sec|\bssid\b/ },
  { name: 'us_itin', pattern: /(?<![\w-])9\d{2}[- ]?(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])[- ]?\d{4}(?![\w-])/g, near: /itin|tax|taxpayer/ },
  { name: 'us_passport', pattern: /(?<!\w)(?:\d{9}|[A-Za-z]\d{8})(?!\w)/g, near: /passport/ },
  {
    name: 'us_driver_license',
    pattern:
      /(?<!\w)(?:[A-Za-z]\d{3,12}|[A-Za-z]{2}\d{3,7}|[A-Za-z]{1,2}\d{5,7}[A-Za-z]?|\d{6,14}|[A-Za-z]\d{2}[- ]?\d{2}[- ]?\d{4})(?!\w)/g,
    near: /driv|licen[cs]e|\bdl\b/,
  },
  { name: 'us_bank_number', pattern: /(?<!\w)\d{8,17}(?!\w)/g, near: /account|bank|acct|checking|saving/ },
  { name: 'aba_routing_number', pattern: /(?<![\w-])[0123678]\d{3}-?\d{4}-?\d(?![\w-])/g, valid: isRouting, near: /routing|aba|bank|rtn/ },
  {
    name: 'us_mbi',
    pattern:
      /(?<![\w-])[1-9][ACDEFGHJKMNPQRTUVWXY][0-9ACDEFGHJKMNPQRTUVWXY]\d(?:-?)[ACDEFGHJKMNPQRTUVWXY][0-9ACDEFGHJKMNPQRTUVWXY]\d(?:-?)[ACDEFGHJKMNPQRTUVWXY]{2}\d{2}(?![\w-])/gi,
  },
  {
    name: 'us_npi',
    pattern: /(?<![\w-])[12]\d{3}([- ]?)\d{3}\1\d{3}(?![\w-])/g,
    valid: (found) => luhn(digitsOf(`80840${digitsOf(found).join('')}`)) && !uniform(digitsOf(found).slice(0, 9)),
    near: /npi|provider/,
  },
  { name: 'medical_license', pattern: /(?<!\w)[ABCDEFGHJKLMPRSTUXabcdefghjklmprstux][A-Za-z9]\d{7}(?!\w)/g, valid: isDea },
  {
    name: 'ca_sin',
    pattern: /(?<![\w-])[1-79]\d{2}([- ]?)\d{3}\1\d{3}(?![\w-])/g,
    valid: (found) => luhn(digitsOf(found)) && !uniform(digitsOf(found)),
  },
  { name: 'au_abn', pattern: /(?<!\w)[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?!\w)/g, valid: isAbn },
  { name: 'au_acn', pattern: /(?<!\w)\d{3} ?\d{3} ?\d{3}(?!\w)/g, valid: isAcn, near: /acn|company/ },
  {
    name: 'au_tfn',
    pattern: /(?<!\w)\d{3} ?\d{3} ?\d{3}(?!\w)/g,
    valid: (found) => weighted(digitsOf(found), [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !uniform(digitsOf(found)),
    near: /tfn|tax/,
  },
  { name: 'au_medicare', pattern: /(?<!\w)[2-6]\d{3}[ -]?\d{5}[ -]?\d(?!\w)/g, valid: isMedicare, near: /medicare/ },
  { name: 'za_id_number', pattern: /(?<!\w)\d{10}[012]\d{2}(?!\w)/g, valid: isSouthAfrican },
  { name: 'ng_nin', pattern: /(?<!\w)\d{11}(?!\w)/g, valid: isNin },
  { name: 'ng_vehicle_registration', pattern: /(?<!\w)[A-Z]{3}[- ]?\d{3}[A-Z]{2}(?!\w)/gi, near: /plate|vehicle|registration/ },
];

const advertised: ReadonlySet<string> = new Set(['078051120', '219099999', '123456789', '987654321', '111111111']);

function isSsn(found: string): boolean {
  const digits = digitsOf(found).join('');
  if (advertised.has(digits) || uniform(digitsOf(found)) || digits.startsWith('98765432')) return false;
  return !/^(?:000|666|9)/.test(digits) && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000';
}

function isRouting(found: string): boolean {
  const digits = digitsOf(found);
  return weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && !uniform(digits);
}

function isDea(found: string): boolean {
  const n = digitsOf(found.slice(2));
  return (weighted(n, [1, 0, 1, 0, 1]) + 2 * weighted(n, [0, 1, 0, 1, 0, 1])) % 10 === n[6];
}

function isAbn(found: string): boolean {
  const [first = 0, ...rest] = digitsOf(found);
  return weighted([first - 1, ...rest], [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 === 0;
}

function isAcn(found: string): boolean {
  const digits = digitsOf(found);
  return (10 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === digits[8];
}

function isMedicare(found: string): boolean {
  const digits = digitsOf(found);
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8];
}

function isSouthAfrican(found: string): boolean {
  const [month, day] = [Number(found.slice(2, 4)), Number(found.slice(4, 6))];
  return isDay(2000, month, day) && (found[11] === '8' || found[11] === '9' || found[11] === '0') && luhn(digitsOf(found));
}

function isNin(found: string): boolean {
  return digitsOf(found).length === 11 && !uniform(digitsOf(found)) && verhoeff(digitsOf(found));
}
