/** What Trapkey itself says of an upstream that did not answer. Anything else may be the upstream's own words. */
const ours = new RegExp(
  `^(?:${[
    'ended by [\\w -]{1,60}',
    'not sent',
    'cancelled before it was sent',
    'the caller cancelled',
    'too many calls wait for this connector',
    '\\d+ upstreams are open and all are busy',
    'the server forgot the session twice',
    'this upstream is closed',
    'no answer within \\d+ ms',
    'more than \\d+ notifications during one call',
    'the answer has neither a result nor an error',
    'the answer is to another request',
    'the (?:answer|stream) is over \\d+ bytes',
    'an event is over \\d+ bytes',
    'an event of the stream is not a JSON object',
    'the stream ended without an answer',
    'the stream broke off again and again',
    'the request was accepted without an answer',
    'no response',
    'HTTP \\d{3}: redirects are not followed',
    'the process is gone',
    'the process does not read its input',
    'the process ended \\((?:SIG[A-Z]{2,8}|exit code \\d{1,3})\\)',
  ].join('|')})$`,
);

/** What is a fact in whatever words it stands. */
const facts =
  /\b(?:HTTP \d{3}|MCP error -?\d{1,6}|exit code \d{1,3}|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|ENOENT|EACCES|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID|UNABLE_TO_VERIFY_LEAF_SIGNATURE)\b/g;

/** The part of a detail that may stand in the ledger, which nobody can erase: our own words, and known facts of others'. */
export function ledgerWords(detail: string): string {
  if (ours.test(detail)) return detail;
  return `${[...new Set(detail.match(facts))].slice(0, 5).join(', ')} …`.trimStart();
}
