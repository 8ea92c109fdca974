/** Who is told how everything stands; others find what is theirs. */
export const lookers = ['viewer', 'operator', 'administrator', 'auditor', 'approver', 'owner'];
