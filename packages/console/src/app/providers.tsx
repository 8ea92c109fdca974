import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Refused } from '../lib/api.ts';
import { isSignedOut } from '../lib/session.ts';
import { isOut } from '../lib/signed-out.ts';
import { Toasts } from '../ui/toast.tsx';
import { router } from './router.tsx';

const triesMax = 2;

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && isOut() }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refused it refuses again; what did not come may come.
      retry: (failures, error) => failures < triesMax && (!(error instanceof Refused) || [0, 429, 503].includes(error.status)),
      refetchOnWindowFocus: false,
    },
    mutations: { onError: (error) => void (isSignedOut(error) && isOut()) },
  },
});

/** Everything that screens stand on. */
export function Providers() {
  return (
    // The page's policy allows no style elements; ours come with the stylesheet.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Tooltip.Provider delay={300}>
          <RouterProvider router={router} />
          <Toasts />
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}
