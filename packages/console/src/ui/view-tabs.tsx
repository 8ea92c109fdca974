/** Which of a few lists is shown: each is an address. */
export function ViewTabs<V extends string>({
  label,
  views,
  view,
  onView,
}: {
  readonly label: string;
  readonly views: readonly (readonly [V, string, number?])[];
  readonly view: V;
  readonly onView: (view: V) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div role="group" aria-label={label} className="inline-flex rounded-md border border-line bg-sunken p-0.5">
      {views.map(([id, word, count]) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === view}
          onClick={() => onView(id)}
          className="inline-flex h-7 items-center gap-1.5 rounded-sm px-2.5 text-sm font-medium text-soft hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-lift"
        >
          {word}
          {count !== undefined && <span className="text-xs text-faint">{count}</span>}
        </button>
      ))}
    </div>
  );
}
