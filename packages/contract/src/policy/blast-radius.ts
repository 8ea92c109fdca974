import { z } from 'zod';
import { who } from './words.ts';

/** How much one unattended action or run may alter before a change needs others to sign it. */
export const blastRadius = z
  .strictObject({
    max: z.int().min(0).describe('Records or people that one unattended action, and one unattended run, may alter'),
    above: z.strictObject({
      approvers: z.array(who).min(1).max(50).describe('group:<name> or people who sign a change that comes to more'),
      needs: z.int().min(1).max(20).default(1),
    }),
  })
  .optional()
  .describe('A loosening of the policy, or a release, that lets more be altered unattended needs these to sign it');
