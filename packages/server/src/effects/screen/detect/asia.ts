import { digitsOf, isDay, uniform, verhoeff, weighted } from './checksums.ts';
import type { Detector } from './detector.ts';

/** Numbers of Asia. */
export const asia: readonly Detector[] = [
  { name: 'in_aadhaar', pattern: /(?<!\w)[1-9]\d{3}[ :-]?\d{4}[ :-]?\d{4}(?!\w)/g, valid: isAadhaar },
  { name: 'in_pan', pattern: /(?<!\w)(?:[A-Z]{3}[ABCEFGHJLPT][A-Z]\d{4}[A-Z]|[A-Z]{5}\d{4}[A-Z]|[A-Z]\d{4}[A-Z]{5})(?!\w)/gi },
  { name: 'in_gstin', pattern: /(?<!\w)(?:0[1-9]|[12]\d|3[0-7])[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9](?!\w)/gi },
  { name: 'in_passport', pattern: /(?<!\w)[A-Za-z][1-9]\d{5}[1-9](?!\w)|(?<!\w)[A-Za-z][1-9]\d\d{4}[1-9](?!\w)/g, near: /passport/ },
  {
    name: 'in_vehicle_registration',
    pattern: /(?<!\w)(?:[A-Z]{2}\d{1,2}[A-Z]{0,3}\d{4}|[A-Z]{2}\d{4}|[A-Z]\d{5,6}|\d{2}BH\d{4}[A-Z]{1,2})(?!\w)/gi,
    near: /vehicle|plate|registration|\brc\b/,
  },
  { name: 'in_voter', pattern: /(?<!\w)[A-Za-z]{3}\d{7}(?!\w)/g, near: /vot|epic|elect/ },
  { name: 'kr_rrn', pattern: /(?<!\d)\d{6}-?[1-4]\d{6}(?!\d)/g, valid: isKorean },
  { name: 'kr_frn', pattern: /(?<!\d)\d{6}-?[5-8]\d{6}(?!\d)/g, valid: isKorean },
  { name: 'kr_brn', pattern: /(?<![\d-])\d{3}-?\d{2}-?\d{5}(?![\d-])/g, valid: isKoreanBusiness, near: /business|사업자|brn/ },
  {
    name: 'kr_driver_license',
    pattern: /(?<![\d-])(?:1[1-9]|2[0-68])[- ]?\d{2}[- ]?\d{6}[- ]?\d{2}(?![\d-])/g,
    near: /driv|licen[cs]e|면허/,
  },
  { name: 'kr_passport', pattern: /(?<![A-Za-z0-9])[MSRODGmsrodg](?:\d{3}[A-Za-z]\d{4}|\d{8})(?![A-Za-z0-9])/g, near: /passport|여권/ },
  { name: 'ph_mobile_number', pattern: /(?<![\w+])(?:\+63|63|0)[ -]?\(?9\d{2}\)?[ -]?\d{3}[ -]?\d{4}(?!\w)/g },
  {
    name: 'ph_tin',
    pattern: /(?<![\w-])\d{3}-?\d{3}-?\d{3}(?:-?\d{3,5})?(?![\w-])/g,
    valid: (found) => found.includes('-') || found.length > 9,
    near: /\btin\b|\bbir\b|tax/,
  },
  {
    name: 'sg_nric_fin',
    pattern: /(?<!\w)[STFGMstfgm]\d{7}[A-Za-z](?!\w)|(?<!\w)[A-Za-z]\d{7}[A-Za-z](?!\w)/g,
    near: /nric|\bfin\b|identity/,
  },
  { name: 'sg_uen', pattern: /(?<!\w)(?:\d{8}[A-Za-z]|\d{9}[A-Za-z]|[TSRtsr]\d{2}[A-Za-z]{2}\d{4}[A-Za-z])(?!\w)/g, valid: isUen },
  { name: 'th_tnin', pattern: /(?<!\w)[1-8]\d{12}(?!\w)/g, valid: isThai },
];

function isAadhaar(found: string): boolean {
  const digits = digitsOf(found);
  return (digits[0] as number) >= 2 && verhoeff(digits) && digits.join('') !== [...digits].reverse().join('');
}

/** Birthday, sex and century, then a number that since October 2020 has neither a place nor a check in it. */
function isKorean(found: string): boolean {
  const century = [1900, 1900, 2000, 2000][((digitsOf(found)[6] as number) - 1) % 4] as number;
  return isDay(century + Number(found.slice(0, 2)), Number(found.slice(2, 4)), Number(found.slice(4, 6)));
}

function isKoreanBusiness(found: string): boolean {
  const digits = digitsOf(found);
  const sum = weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor(((digits[8] as number) * 5) / 10);
  return (10 - (sum % 10)) % 10 === digits[9] && !uniform(digits);
}

const uenTypes: ReadonlySet<string> = new Set(
  'LP LL FC PF RF MQ MM NB CC CS MB FM GS DP CP NR CM CD MD HS VH CH MH CL XL CX HC RP TU TC FB FN PA PB SS MC SM GA GB'.split(' '),
);

function isUen(found: string): boolean {
  const upper = found.toUpperCase();
  const value = (alphabet: string, sign: string) => alphabet.indexOf(sign);
  if (/^\d{8}[A-Z]$/.test(upper)) return 'XMKECAWLJDB'[weighted(digitsOf(upper), [10, 4, 9, 3, 8, 2, 7, 1]) % 11] === upper[8];
  if (/^\d{9}[A-Z]$/.test(upper)) {
    const year = Number(upper.slice(0, 4));
    return year > 1900 && year <= 2100 && 'ZKCMDNERGWH'[weighted(digitsOf(upper), [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11] === upper[9];
  }
  if (!uenTypes.has(upper.slice(3, 5))) return false;
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWX0123456789';
  const weights = [4, 3, 5, 3, 10, 2, 2, 5, 7];
  const sum = weights.reduce((all, weight, at) => all + weight * value(alphabet, upper[at] as string), 0);
  return alphabet[(((sum - 5) % 11) + 11) % 11] === upper[9];
}

/** Kind, province (there are none from 28 on but few), number, check. */
function isThai(found: string): boolean {
  const digits = digitsOf(found);
  const province = Number(found.slice(1, 3));
  const known =
    (province >= 10 && province <= 27) ||
    (province >= 30 && province <= 58) ||
    (province >= 60 && province <= 67) ||
    (province >= 70 && province <= 77) ||
    (province >= 80 && province <= 86) ||
    (province >= 90 && province <= 96);
  const sum = weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return known && (11 - (sum % 11)) % 10 === digits[12];
}
