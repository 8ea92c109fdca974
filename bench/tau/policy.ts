const changed = '!(result.asked.all(f, f in result.booked) && result.booked.all(f, f in result.asked))';

/** Rules by tool: what must not be, as CEL over the answer of the probe, and how it is told. */
function rules(today: string, dayBefore: string): Readonly<Record<string, readonly (readonly [broken: string, says: string])[]>> {
  return {
    book_reservation: [
      [
        "size(args.payment_methods.filter(p, p.payment_id.startsWith('certificate'))) > 1",
        'A reservation uses at most one travel certificate',
      ],
      ["size(args.payment_methods.filter(p, p.payment_id.startsWith('credit_card'))) > 1", 'A reservation uses at most one credit card'],
      ["size(args.payment_methods.filter(p, p.payment_id.startsWith('gift_card'))) > 3", 'A reservation uses at most three gift cards'],
      ['!args.payment_methods.all(p, p.payment_id in result.payments)', 'Every payment method must be in the profile of the user'],
      ['size(args.passengers) > 5', 'A reservation has at most five passengers'],
    ],
    cancel_reservation: [
      [
        `result.reservation.cabin != 'business' && result.reservation.insurance != 'yes' && result.reservation.created_at < '${dayBefore}'`,
        'Economy without insurance can be cancelled within 24 hours of booking only',
      ],
      [`result.reservation.flights.exists(f, f.date <= '${today}')`, 'A trip of which a segment was used cannot be cancelled'],
    ],
    update_reservation_flights: [
      [`result.reservation.cabin == 'basic_economy' && ${changed}`, 'Basic economy flights cannot be changed'],
      [`${changed} && result.reservation.flights.exists(f, f.date < '${today}')`, 'Flights of a trip that began cannot be changed'],
      ["args.payment_id.startsWith('certificate')", 'A change is paid with a gift card or a credit card'],
      [
        "!args.payment_id.startsWith('certificate') && !(args.payment_id in result.payments)",
        'The payment method must be in the profile of the user',
      ],
      ["result.legs[0].origin != '' && result.legs[0].origin != result.reservation.origin", 'The origin stays'],
      [
        "result.legs[size(result.legs) - 1].destination != '' && result.legs[size(result.legs) - 1].destination != (result.reservation.flight_type == 'round_trip' ? result.reservation.origin : result.reservation.destination)",
        'Destination and kind of the trip stay',
      ],
      [
        "result.reservation.flight_type == 'round_trip' && !result.legs.exists(l, l.destination == result.reservation.destination) && result.legs.all(l, l.origin != '')",
        'A round trip still goes where it went',
      ],
    ],
  };
}

/** The airline's policy as Trapkey checks it: one probe of the state ahead of each write, a sentence for each rule. */
export function airlinePolicy(url: string, now: string, writes: readonly string[]): Readonly<Record<string, string>> {
  const [today = '', time = '00:00:00'] = now.split(' ');
  const before = new Date(Date.parse(`${today}T${time}Z`) - 86_400_000).toISOString().slice(0, 19);
  const own = rules(today, before);
  const tools = writes.map((name) => {
    const broken = own[name] ?? [];
    if (broken.length === 0) return `  ${name}: { effect: write, reversible: true }`;
    const bits = broken.map(([rule], at) => `((${rule}) ? ${2 ** at} : 0)`).join(' + ');
    const checks = broken.map(([, says], at) => `      - { rule: "(int(reach) / ${2 ** at}) % 2 == 0", says: ${JSON.stringify(says)} }`);
    return [
      `  ${name}:`,
      '    effect: write',
      '    reversible: true',
      `    reach: { probe: { tool: state, args: {} }, value: ${JSON.stringify(bits)} }`,
      '    check:',
      ...checks,
    ].join('\n');
  });
  return {
    'policy.yaml': `organization: airline
owner: desk@airline.example
---
connection: airline
owner: desk@airline.example
upstream: { url: "${url}" }
network: private
sharing: all
---
connector: airline
tools: { state: { effect: read } }
---
connector: airline-act
connection: airline
access: read-write
because: Booking and changing is what the desk does
system_of_record: true
tools:
${tools.join('\n')}
---
plugin: desk
owner: desk@airline.example
for: ["group:everyone"]
release: { version: "1.0.0" }
connectors: [airline, airline-act]
autonomy: { ${writes.map((name) => `airline-act.${name}: unattended`).join(', ')} }
`,
  };
}
