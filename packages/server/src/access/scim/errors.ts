/** A refusal in the shape of RFC 7644, section 3.12. */
export class ScimRefusal extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 429 | 503;
  readonly scimType: string | undefined;
  constructor(status: ScimRefusal['status'], detail: string, scimType?: string) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

/** Its body. */
export function errorBody({ status, scimType, message }: ScimRefusal) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType !== undefined && { scimType }),
    detail: message,
  };
}
