import { digitsOf, icao, isDay, mod11and10, uniform, weighted } from './checksums.ts';
import type { Detector } from './detector.ts';

/** Numbers of Germany. */
export const germany: readonly Detector[] = [
  { name: 'de_tax_id', pattern: /(?<!\w)[1-9]\d{10}(?!\w)/g, valid: isTaxId },
  {
    name: 'de_tax_number',
    pattern: /(?<![\w/])(?:(?:0[1-9]|1[0-6])\d{2}0\d{8}|(?:0[1-9]|1[0-6])\d{11}|\d{2,3}\/\d{3,4}\/\d{4,5})(?![\w/])/g,
    near: /steuer|tax|st\.?-?nr|finanzamt/,
  },
  { name: 'de_social_security', pattern: /(?<!\w)\d{8}[A-Za-z]\d{3}(?!\w)/g, valid: isSocialSecurity },
  { name: 'de_health_insurance', pattern: /(?<!\w)[A-Za-z]\d{9}(?!\w)/g, valid: isHealthInsurance },
  {
    name: 'de_id_card',
    pattern: /(?<!\w)(?:[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\d|[Tt]\d{8})(?!\w)/g,
    valid: (found) => isDocument(found) || /^t\d{8}$/i.test(found),
    near: /ausweis|identity|id.?card|perso/,
  },
  {
    name: 'de_passport',
    pattern: /(?<!\w)[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\d(?!\w)/g,
    valid: isDocument,
    near: /pass/,
  },
  { name: 'de_fuehrerschein', pattern: /(?<!\w)[A-Za-z]{2}\d{8}[A-Za-z0-9](?!\w)/g, near: /f(?:ü|ue)hrerschein|driv|licen[cs]e/ },
  { name: 'de_vat_id', pattern: /(?<!\w)DE[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}(?!\w)/gi, valid: (found) => mod11and10(digitsOf(found)) },
  { name: 'de_handelsregister', pattern: /(?<!\w)HR[AB] ?\d{1,6}(?: ?[A-Z]{1,2})?(?!\w)/gi },
  {
    name: 'de_kfz',
    pattern: /(?<![\w-])[A-ZÄÖÜa-zäöü]{1,3}[ -][A-Za-z]{1,2}[ -]?[1-9]\d{0,3}[EHeh]?(?![\w-])/g,
    near: /kennzeichen|kfz|plate|fahrzeug|vehicle/,
  },
  {
    name: 'de_plz',
    pattern: /(?<![\w.,-])(?!01000|99999)(?:0[1-9]|[1-9]\d)\d{3}(?![\w-]|[.,]\d)/g,
    near: /plz|postleitzahl|postcode|zip|anschrift|adresse/,
  },
  { name: 'de_lanr', pattern: /(?<!\w)\d{9}(?!\w)/g, valid: isDoctor, near: /lanr|arzt|doctor|physician/ },
  { name: 'de_bsnr', pattern: /(?<!\w)\d{9}(?!\w)/g, valid: isPractice, near: /bsnr|betriebsst|praxis/ },
];

/** One digit of the first ten stands twice or three times, the others once at most. */
function isTaxId(found: string): boolean {
  const digits = digitsOf(found);
  const counts = new Map<number, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  return Math.max(...counts.values()) <= 3 && mod11and10(digits);
}

/** Region, birthday, first letter of the name, serial number, check. */
function isSocialSecurity(found: string): boolean {
  const area = Number(found.slice(0, 2));
  const day = Number(found.slice(2, 4));
  const month = Number(found.slice(4, 6));
  if (!((area >= 2 && area <= 29) || (area >= 38 && area <= 99)) || !isDay(2000, month, day)) return false;
  const letter = String(found.toUpperCase().charCodeAt(8) - 64).padStart(2, '0');
  const digits = digitsOf(found.slice(0, 8) + letter + found.slice(9, 11));
  const sum = digits.reduce((all, digit, at) => {
    const product = digit * ([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1][at] as number);
    return all + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === Number(found.at(-1));
}

function isHealthInsurance(found: string): boolean {
  const letter = String(found.toUpperCase().charCodeAt(0) - 64).padStart(2, '0');
  const digits = digitsOf(letter + found.slice(1, 9));
  const sum = digits.reduce((all, digit, at) => {
    const product = digit * (at % 2 === 0 ? 1 : 2);
    return all + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === Number(found.at(-1));
}

function isDocument(found: string): boolean {
  return icao(found);
}

function isDoctor(found: string): boolean {
  const digits = digitsOf(found);
  const check = (10 - (weighted(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10;
  return check === digits[6] && !uniform(digits);
}

const practiceAreas: ReadonlySet<string> = new Set(
  '01 02 03 06 07 08 09 10 11 12 13 14 15 17 18 19 20 21 24 25 26 27 28 31 32 35 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 78 79 80 81 83 85 86 87 88 89 93 94 95 96 97 98 99 05'.split(
    ' ',
  ),
);

function isPractice(found: string): boolean {
  return practiceAreas.has(found.slice(0, 2)) && !uniform(digitsOf(found));
}
