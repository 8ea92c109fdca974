import type { Effect } from '@trapkey/contract/codes.ts';

/** What a verb says about a tool. */
export interface Verb {
  readonly effect: Effect;
  readonly destructive: boolean;
  /** As often a thing as an act, so it counts only where a verb stands. */
  readonly noun: boolean;
  /** Says little: what is looked at may be produced, moved or started for it. */
  readonly soft: boolean;
}

/** Verbs as interfaces use them. `*`: as often a noun; `!`: something may be lost; `~`: says little. */
const lists: readonly (readonly [Effect, string])[] = [
  [
    'read',
    `get list* read search* find fetch retrieve show view* describe lookup look query* check* inspect examine count* browse explore
     discover download*~ preview* compare diff* analyze~ analyse~ audit*~ validate verify lint explain summarize summarise estimate*
     calculate compute~ wait~ poll* tail ping*~ suggest recommend identify peek grep glob enumerate introspect scan*~ monitor*~
     observe~ ask~ whoami stat* profile*~ dump*~ head* locate select* filter* match* research*~ crawl~ scrape~ debug*~
     visualize~ render~ parse~ review*~ report*~ detect traverse aggregate*~ rank* sample*~ understand think*~ reason*
     screenshot*~ capture*~ trace*~ ls cat* pull*~ extract~ infer~ highlight*~ return* answer*~ learn* interpret~ decode~
     predict~ forecast*~ classify~ map*~ measure*~ obtain guide* score*~ troubleshoot~ diagnose~ translate~ geocode correlate~
     reverse*~ help advise~ ground* quote*~ assess~ evaluate*~`,
  ],
  ['draft', 'draft*'],
  [
    'write',
    `create add make new* insert update edit! modify change* append upload* save store* write! put! patch* set* assign rename! reschedule move! copy*
     duplicate* clone! archive* unarchive label* tag* star* unstar pin* unpin mark* flag* follow unfollow like* favorite* favourite*
     upsert! register attach detach link* unlink import* record* log* track* open* close* reopen complete* resolve unresolve snooze mute
     unmute subscribe unsubscribe rate* vote* upvote bookmark* comment* react* reorder reprioritize sort* transition* generate build*~
     compose* format*~ split* group* configure setup initialize initialise init* customize define enqueue queue* sync* synchronize
     restore* undelete enhance enrich refresh* regenerate increment decrement lock* unlock hide unhide toggle fork* push* commit* stage*
     stash* checkout* rebase! dismiss acknowledge ack unacknowledge confirm promote* demote instantiate annotate claim* reauthorize
     autofix fix* repair optimize~ manage!*~ migrate! transform*~ type* fill* click* hover* drag* press* tap* swipe* scroll* resize emulate
     handle*~ replay* remember memorize mint* populate seed* bump* replace! overwrite! rollback! revert! reset! swap! truncate! prepend
     collapse convert~ load*~ propose schedule* switch* upgrade* downgrade inject touch* mkdir adjust correct extend* shrink! tune* join* leave* enroll
     nominate rotate! cancel! decline accept reject reassign transfer!* mutate alter navigate goto go* maintain`,
  ],
  [
    'delete',
    `delete! remove! drop!* purge! erase! wipe! clear! destroy! trash!* expunge! prune! unset! uninstall! rm! del! discard! terminate!
     kill! clean!* cleanup!* evict! forget! flush!* empty!* expire! unassign! unregister! deregister! deprovision! decommission!
     unprovision! drain!* cordon! disconnect! delist! shred! nuke!`,
  ],
  [
    'send',
    `send reply* forward* post* publish share* invite* notify email* mail* message* broadcast* tweet* announce dm* respond submit request*
     dispatch* syndicate mention* alert*~ nudge remind escalate`,
  ],
  [
    'pay',
    'pay! purchase*! buy!* order*! book*! reserve!* charge*! refund*! bid*! trade*! donate! invoice* withdraw! deposit*! settle! remit! sign*',
  ],
  [
    'execute',
    `run* execute! exec! eval! invoke trigger* deploy! redeploy! start* stop!* restart! reboot! launch* install merge! apply! grant*
     revoke! approve unapprove enable disable! activate deactivate! scale!* release* rerun retry* play* pause*! resume* shutdown!
     suspend! ban!* unban block!* unblock protect unprotect! authorize authorise provision spawn shell*! bash*! orchestrate~ perform~
     process*~ simulate~ test*~ benchmark*~ call*~ elevate impersonate interrupt! abort! halt! sudo! mount* unmount! rollout*
     failover! fire* lifecycle! compile*~ solve~`,
  ],
];

const parsed = lists.flatMap(([effect, words]) =>
  words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word): [string, Verb] => [
      word.replace(/[!*~]/g, ''),
      { effect, destructive: word.includes('!'), noun: word.includes('*'), soft: word.includes('~') },
    ]),
);

/** Every verb that is known, by its base form. */
export const verbs: ReadonlyMap<string, Verb> = new Map(parsed);
