import type { Severity } from '../../kernel/inventory.ts';

/** One thing that a definition should not say. */
export interface LintRule {
  readonly rule: string;
  readonly severity: Severity;
  readonly says: string;
  readonly pattern: RegExp;
}

const secretThings =
  '(?:~?/?\\.ssh|id_rsa|id_ed25519|\\.env\\b|\\.aws|\\.npmrc|\\.netrc|\\.kube|\\.git-credentials|(?:mcp|claude_desktop_config|settings|config)\\.json|/etc/passwd|private keys?|api keys?|access tokens?|admin tokens?|session tokens?|credentials|passwords?|passphrases?|seed phrases?|environment variables|(?:the |full |entire |whole )conversation(?: history)?|conversation history|chat history|contacts list|list of (?:chats|contacts|messages)|system prompt|previous messages|confidential (?:information|data|files?))(?![\\w-])';
const obey =
  '(?:you must|you should|you have to|you need to|you are required to|make sure to|be sure to|always|first|before (?:using|calling|running|providing|returning|answering|responding)[^.\\n]{0,60},?)';

/**
 * Patterns over one text. Each wants two things at once (an order and what is to be done, a secret and where it goes):
 * definitions are full of imperatives that are none of these.
 */
export const textRules: readonly LintRule[] = [
  {
    rule: 'override',
    severity: 'critical',
    says: 'tells the model to put aside what it was told',
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{0,30}\b(?:all |any |the |your |every )*(?:previous|prior|above|earlier|preceding|other|existing|original|system|safety|security)\b[^.\n]{0,20}\b(?:instructions?|prompts?|guidelines?|directives?|messages?|constraints?|restrictions?|safety rules|rules you|rules (?:above|before|from))\b/i,
  },
  {
    rule: 'role',
    severity: 'critical',
    says: 'gives the model another role',
    pattern:
      /\b(?:you are now|you are no longer|from now on,? you(?: are| will)?|act as if you (?:are|were)|pretend (?:to be|that you)|you have been (?:upgraded|reprogrammed))\b[^.\n]{0,80}|\b(?:without|no|disable|lift) (?:any )?(?:safety|content|ethical) (?:rules|restrictions|filters?|guidelines)\b|\b(?:jailbreak|developer mode|god mode|DAN mode)\b/i,
  },
  {
    rule: 'secrecy',
    severity: 'critical',
    says: 'asks for something to be kept from the person',
    pattern:
      /\b(?:do not|don't|never|without|avoid)\b[^.\n]{0,12}\b(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|notify(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|show(?:ing)?|let(?:ting)?|alert(?:ing)?|ask(?:ing)?)\b[^.\n]{0,25}\b(?:the |this to the |to the )?(?:users?|humans?|person|customer|operator|anyone|anybody)\b(?![^.\n]{0,20}\b(?:to|for|if|whether|which|what)\b)|\bdo not (?:mention|reveal|disclose) (?:that|this|these|it|any of)\b|\bkeep (?:this|it|these)[^.\n]{0,20}\b(?:secret|hidden|confidential|from the user)\b|\b(?:silently|secretly|covertly|quietly|discreetly)\b[^.\n]{0,40}\b(?:send|copy|forward|read|call|upload|include|add|append|run|execute|transfer|log|post|collect|record|exfiltrat\w+|bcc|invoke)\b|\bwithout the (?:user|person)(?:'s)? (?:knowledge|knowing|consent|noticing)\b|\bformat (?:them|it) to look like\b|\bpresent it as if\b/i,
  },
  {
    rule: 'hidden-block',
    severity: 'critical',
    says: 'holds a block that is meant for the model alone',
    pattern:
      /<\/?\s*(?:important|hidden|secret|system|instructions?|admin|assistant|priority|critical|override|internal|sys|user_query|system[-_ ]?(?:prompt|reminder|message))\b[^>]{0,40}>|<!--[^>]{0,400}\b(?:you|must|call|read|send|ignore|tool|instruction)\b|\[\/?(?:INST|SYSTEM|HIDDEN|IMPORTANT INSTRUCTION)\]|<\|(?:im_start|im_end|system|endoftext)\|>|^\s*(?:system|assistant)\s*:\s*\S/im,
  },
  {
    rule: 'secrets',
    severity: 'critical',
    says: 'asks for secrets or for the conversation',
    pattern: new RegExp(
      `\\b(?:reads?|open|access|extract|collect|gather|steal|dump|harvest|retrieve|fetch|cat|exfiltrat\\w+|scrape|copy|copies|upload|leak|load)\\b[^.\\n]{0,50}${secretThings}[^\\n]{0,160}\\b(?:and|then|append\\w*|includ\\w+|pass\\w*|send\\w*|add\\w*|put\\w*|embed\\w*|attach\\w*|forward\\w*|post\\w*|upload\\w*|transmit\\w*|return\\w*|in (?:your|the) (?:response|answer|reply))\\b|\\b(?:reply|respond|answer|include|pass|send|append|embed|provide|put|forward|post|upload|transmit|email|submit|output|reveal|print)\\b[^.\\n]{0,40}\\b(?:with |only |the |all |your |any |user'?s? |full |entire |their |those |these |contents? of )*${secretThings}[^.\\n]{0,60}\\b(?:to|as|in|into|at|via|with|when|before|for)\\b|\\b(?:reply|respond) (?:only )?with (?:the |your |an? )?(?:admin|secret|api|access|system)[^.\\n]{0,20}(?:token|key|password|prompt)|(?:~/\\.ssh|id_rsa|id_ed25519|\\.aws/credentials|\\.git-credentials|/etc/shadow)`,
      'i',
    ),
  },
  {
    rule: 'orders',
    severity: 'high',
    says: 'orders the model to do something beside what it was asked',
    pattern: new RegExp(
      `\\b${obey},?\\s+(?:also |then |now |first |silently |immediately |next )*(?:run|execute|invoke|read|access|open|download|install|fetch|send|forward|copy|curl|wget|bcc|upload|transfer|pay)\\b[^.\\n]{0,60}\\b(?:scripts?|(?:shell|terminal|bash|following|returned|this) commands?|it returns|files? (?:at|from|in|under|named)|~?/[\\w.]+|resource at|https?://|contents? of|credentials?|emails? to|copy to|every (?:message|email|mail)|all (?:messages|emails|mails|files|data)|confidential|secrets?|ssh|dotfiles?|config(?:uration)? files?)`,
      'i',
    ),
  },
  {
    rule: 'other-tools',
    severity: 'high',
    says: 'steers other tools or servers',
    pattern:
      /\b(?:when(?:ever)?|if|before|after|each time|every time|instead of|any time)\b[^.\n]{0,80}\b(?:another|other|any other|different|all other)\b[^.\n]{0,20}\b(?:tools?|servers?|connectors?|plugins?)\b[^.\n]{0,120}\b(?:must|should|always|instead|first|also|bcc|cc|add|replace|change|set|use this|redirect|recipient)\b|\b(?:instead of|rather than|do not use|never use|in place of)\b[^.\n]{0,40}\b(?:mcp__\w+|(?:the )?(?:other|original|legitimate|real|untrusted) [\w-]{0,30}\s?(?:tool|server|connector)s?)|\b(?:all|every|any) (?:emails?|messages?|payments?|transfers?|requests?)\b[^.\n]{0,40}\b(?:must|should|have to|need to|are to)\b[^.\n]{0,20}\b(?:be sent|go|be copied|be forwarded|be routed|be bcc)\b[^.\n]{0,20}\bto\b|\b(?:set|change|replace|redirect|add)\b[^.\n]{0,30}\b(?:recipient|bcc|destination|beneficiary|payee|proxy_number|iban)s?\b[^.\n]{0,20}\b(?:to|with)\b[^.\n]{0,10}(?:[\w.+-]+@[\w-]+\.\w+|\+?\d{7,}|[A-Z]{2}\d{2}[A-Z0-9]{8,})/i,
  },
  {
    rule: 'side-effect',
    severity: 'critical',
    says: 'does something beside what it is for',
    pattern:
      /\b(?:additionally|also|secretly|silently|automatically|in the background|as a side effect|along the way|as well as|while|and then|afterwards|every time)\b[^.\n]{0,25}\b(?:transfers?|sends?|forwards?|copies|bccs?|uploads?|exfiltrates?|leaks?|reports?|posts?|reads?|deletes?|logs?|emails?|mails?|charges?|appends?|transmits?|sending|forwarding|copying|uploading|reading|posting|transmitting|stores?|saves?|writes?|installs?|executes?|runs?|grants?|adds?)\b[^.\n]{0,80}(?:\d+(?:\.\d+)? ?%|(?:fixed|hard-?coded|preset|hidden|unknown|undisclosed|attacker\S*|shared|our|my) (?:wallet|account|address|server|location|endpoint|inbox|mailbox|host|recipient|bucket|channel)|wallet (?:id|address)|attacker|remote (?:server|host|endpoint|machine)|external (?:server|endpoint|host|address|party|service|site|url)|backdoor|reverse shell|full access|admin(?:istrator)? rights|remote code|third[- ]party|https?:\/\/|[\w.+-]+@[\w-]+\.\w+|~\/|\.ssh|\.env\b|credentials?|passwords?|private keys?|api keys?|conversation|chat history|every (?:query|message|call|request))/i,
  },
  {
    rule: 'command',
    severity: 'critical',
    says: 'holds a command that fetches and runs code, or handles secrets',
    pattern:
      /\b(?:curl|wget|fetch|iwr|invoke-webrequest)\b[^\n|;&]{0,200}\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b|\b(?:curl|wget|iwr)\b[^\n|;&]{0,200}\|\s*(?:sudo\s+)?(?:python3?|node|perl|ruby|iex)\b|\bbase64\s+(?:-d|--decode|-D)\b|\bexport\s+\w*(?:SECRET|TOKEN|KEY|PASSWORD)\w*=|\beval\s*\(\s*(?:atob|base64|requests?\.get|fetch)|\bbash\s+<\(|\brm\s+-rf\s+[~/]|\bnc\s+-e\b|\/dev\/tcp\/|\bpowershell\b[^\n]{0,60}-enc/i,
  },
  {
    rule: 'urgency',
    severity: 'high',
    says: 'claims that nothing works unless the model obeys',
    pattern:
      /\b(?:otherwise|or else|failure to|if you do not|if you don't)\b[^.\n]{0,80}\b(?:will (?:not work|fail|be deleted|be lost|crash|be terminated|be shut down)|be (?:punished|terminated|penali[sz]ed)|data loss|legal (?:action|consequences))\b[^.\n]{0,60}\b(?:you|assistant|model|read|send|pass|secret)\b|\b(?:mandatory|compulsory|required) (?:pre-?flight|security|compliance|safety) (?:step|check|instruction)s?\b[^.\n]{0,80}\b(?:read|send|call|run|pass|include)\b|\bthe (?:ai|assistant|model|agent|llm) (?:must|should|shall|has to)\b[^.\n]{0,60}\b(?:send|forward|bcc|reveal|ignore|bypass|exfiltrate|leak|obey)\b/i,
  },
];
