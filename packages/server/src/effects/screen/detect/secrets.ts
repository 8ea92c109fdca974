import type { Detector } from './detector.ts';

const token = (name: Detector['name'], hint: string, pattern: RegExp): Detector => ({ name, hint, pattern });

/** Credentials and key material, by the forms that their issuers publish. */
export const secrets: readonly Detector[] = [
  token(
    'private_key',
    '-----BEGIN',
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,16000}?(?:-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  token('jwt', 'eyJ', /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{10,2000}/g),
  token('aws_key', 'A', /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z2-7]{16}(?![A-Za-z0-9])/g),
  token('github_token', 'g', /(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{60,255})(?!\w)/g),
  token('gitlab_token', 'gl', /(?<!\w)gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|imt|agent)-[\w-]{20,300}/g),
  token(
    'slack_token',
    'x',
    /(?<!\w)(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,250}|https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20,120}/g,
  ),
  token('stripe_key', '_', /(?<!\w)(?:(?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9]{16,250}/g),
  token(
    'model_provider_key',
    'sk-',
    /(?<!\w)sk-(?:ant-[\w-]{20,250}|proj-[\w-]{20,250}|svcacct-[\w-]{20,250}|or-v1-[a-f0-9]{40,80}|[A-Za-z0-9]{32,64})(?!\w)/g,
  ),
  token('google_key', 'A', /(?<!\w)AIza[\w-]{35}(?!\w)|(?<!\w)ya29\.[\w-]{20,500}|(?<!\w)GOCSPX-[\w-]{28}(?!\w)/g),
  token('azure_key', 'Key=', /(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})/g),
  token('npm_token', 'npm_', /(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)/g),
  token('pypi_token', 'pypi-', /(?<!\w)pypi-AgE[\w-]{50,300}/g),
  token('huggingface_token', 'hf_', /(?<!\w)hf_[A-Za-z0-9]{30,60}(?!\w)/g),
  token('sendgrid_key', 'SG.', /(?<!\w)SG\.[\w-]{16,32}\.[\w-]{16,64}/g),
  token('twilio_key', 'SK', /(?<!\w)SK[0-9a-f]{32}(?!\w)/g),
  token('telegram_token', ':AA', /(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w-])/g),
  token('shopify_token', 'shp', /(?<!\w)shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}(?!\w)/g),
  token('digitalocean_token', '_v1_', /(?<!\w)do[opr]_v1_[a-f0-9]{64}(?!\w)/g),
  token('atlassian_token', 'ATATT', /(?<!\w)ATATT3[\w=-]{50,300}/g),
  token('vault_token', 'hv', /(?<!\w)hv[bsr]\.[\w-]{20,300}/g),
  token('linear_token', 'lin_', /(?<!\w)lin_(?:api|oauth)_[A-Za-z0-9]{32,64}(?!\w)/g),
  token('notion_token', 'n', /(?<!\w)(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,60})(?!\w)/g),
  token('trapkey_token', 'tk_', /(?<!\w)tk_[A-Za-z0-9_-]{24,200}/g),
  token('url_password', '://', /:\/\/[^\s:/@]{1,100}:([^\s:/@]{3,200})(?=@[\w.-])/g),
  token('bearer', 'earer ', /\b[Bb]earer ([A-Za-z0-9._~+/-]{16,4000}={0,2})/g),
  {
    name: 'password',
    pattern:
      /\b(?:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|secret[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret)["']?\s{0,3}[:=]\s{0,3}["']?([^\s"',;<>{}]{8,200})/gi,
    valid: (found) => /\d/.test(found) && /[A-Za-z]/.test(found) && !/^(?:\$\{|\*|<|x{4}|process\.|os\.)/i.test(found),
  },
];
