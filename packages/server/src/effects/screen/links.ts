const markdown = /(!?)\[([^\]\n]{0,500})\]\(\s{0,8}<?([^)\s>]{1,2000})>?(?:\s[^)\n]{0,300})?\)/g;
const reference = /^( {0,3}\[[^\]\n]{1,200}\]:\s{0,8})(\S{1,2000})/gm;
const tags = /<(?=\/?[a-z!])/gi;
const autolink = /<((?:https?|data|javascript|file|ftp):[^>\s]{0,2000})>/gi;

/**
 * Links and images that a client would open, fetch or draw by itself are shown as text: markdown, reference and automatic
 * links to other hosts, and every HTML tag. The address stays readable.
 */
export function inert(text: string, hosts: readonly string[]): string {
  if (!/[[<]/.test(text)) return text;
  return text
    .replace(markdown, (whole, image: string, label: string, address: string) =>
      ours(address, hosts) ? whole : `${image ? 'image ' : ''}${label} ⟨${address}⟩`,
    )
    .replace(reference, (whole, name: string, address: string) =>
      ours(address, hosts) ? whole : `${name.replace('[', '⟨').replace(']:', '⟩')}⟨${address}⟩`,
    )
    .replace(autolink, (whole, address: string) => (ours(address, hosts) ? whole : `⟨${address}⟩`))
    .replace(tags, '⟨');
}

function ours(address: string, hosts: readonly string[]): boolean {
  if (!/^https:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host));
}
