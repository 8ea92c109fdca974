import { Button } from './button.tsx';

/** What of a list that comes page by page is asked for here. */
interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

/** The next page of a list, when somebody asks for it; nothing where there is none. */
export function ShowMore({ query, label = 'Show more' }: { readonly query: Pages; readonly label?: string }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="border-t border-line p-2 text-center">
      <Button look="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {label}
      </Button>
    </div>
  );
}
