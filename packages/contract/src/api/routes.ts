import { z } from 'zod';

/** Every address and who may ask there. `GET /api/routes` */
export const routeList = z.object({
  routes: z.array(
    z.object({
      method: z.enum(['GET', 'POST']),
      path: z.string(),
      /** `own`: whoever is signed in for what is theirs, and the roles for what is anybody's. null: the roles alone. */
      who: z.object({ everybody: z.enum(['anyone', 'signed in', 'own']).nullable(), roles: z.array(z.string()) }),
    }),
  ),
});
export type RouteList = z.output<typeof routeList>;
