import type { ApprovedCapability, ReleaseManifest, ReviewAspect, SignOff } from '../../kernel/releases.ts';
import { type Capability, capabilities } from '../../kernel/scan.ts';

/** What a reviewer of each kind looks at; a capability that neither names would be nobody's. */
export const looksAt: Readonly<Record<ReviewAspect, readonly Capability[]>> = {
  security: ['changes', 'contacts', 'destroys', 'runs_code', 'untrusted'],
  data: ['reads', 'contacts'],
  // How much, not what.
  blast_radius: [],
};

/** Every capability that a release has or may have, who approved it when, and which witness sees it used. */
export function capabilitiesOf(manifest: ReleaseManifest, signOffs: readonly SignOff[]): readonly ApprovedCapability[] {
  return capabilities.flatMap((capability) => {
    const { yes, unknown } = manifest.can[capability];
    if (yes.length + unknown.length === 0) return [];
    const approvedBy = signOffs
      .filter((one) => one.passed && one.capabilities.includes(capability))
      .map(({ person, aspect, atMs }) => ({ person, aspect, atMs }));
    return [{ capability, parts: yes, unknown, seenBy: witnesses(manifest, [...yes, ...unknown]), approvedBy }];
  });
}

/** Calls of connectors are seen by the gateway once its addresses are; what runs on the machine only by the client's hook. */
function witnesses({ plugin }: ReleaseManifest, parts: readonly string[]): readonly string[] {
  if (!plugin) return ['gateway'];
  const connectors = new Map(plugin.connectors.map((one) => [one.name, one] as const));
  const seen = parts.map((part) => {
    const connector = connectors.get(part);
    if (!connector) return 'hook';
    return connector.transport === 'none' ? 'not covered' : 'gateway';
  });
  return [...new Set(seen)];
}
