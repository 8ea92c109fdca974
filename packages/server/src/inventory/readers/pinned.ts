const runners: readonly (readonly [RegExp, (words: readonly string[]) => string | undefined])[] = [
  [/^(npx|bunx|pnpx|npm|pnpm|yarn|bun)$/, npmPackage],
  [/^(uvx|uv|pipx)$/, pythonPackage],
  [/^(docker|podman)$/, image],
];

/** What a command fetches at its start without saying which exactly; undefined when nothing, or when it is pinned. */
export function pinnedCommand(command: readonly string[]): string | undefined {
  const [program = '', ...rest] = command;
  const name =
    program
      .replaceAll('\\', '/')
      .split('/')
      .at(-1)
      ?.replace(/\.(cmd|exe)$/, '') ?? '';
  // `cmd /c npx …` and `sh -c "npx …"` are the same thing in a coat.
  if (/^(cmd|sh|bash|env)$/.test(name)) {
    const inner = rest.flatMap((word) => word.split(/\s+/)).filter((word) => !/^([/-]c|\w+=.*)$/.test(word));
    return inner.length > 0 && inner.length < command.join(' ').split(/\s+/).length ? pinnedCommand(inner) : undefined;
  }
  return runners.find(([runner]) => runner.test(name))?.[1](rest);
}

function npmPackage(words: readonly string[]): string | undefined {
  const said =
    words.find(
      (word, at) =>
        !word.startsWith('-') && !/^(exec|dlx|x|run|create)$/.test(word) && !/^(-p|--package|--prefix|-c)$/.test(words[at - 1] ?? ''),
    ) ?? '';
  const named =
    words.find((word) => /^--package=/.test(word))?.slice('--package='.length) ??
    words[words.findIndex((word) => word === '-p' || word === '--package') + 1];
  const spec = words.some((word) => /^(-p|--package)/.test(word)) ? (named ?? said) : said;
  if (spec === '' || /^[./$]/.test(spec) || words[0] === 'run') return undefined;
  return /.@\d+\.\d+\.\d+(?:[-+][\w.]+)?$/.test(spec) ? undefined : `the npm package ${spec.slice(0, 100)}`;
}

function pythonPackage(words: readonly string[]): string | undefined {
  const from = words.indexOf('--from');
  if (words[0] === 'run' && from < 0 && !words.includes('--with')) return undefined;
  const spec = from >= 0 ? (words[from + 1] ?? '') : (words.find((word) => !word.startsWith('-') && !/^(tool|run|x)$/.test(word)) ?? '');
  if (spec === '' || /^[./$]/.test(spec)) return undefined;
  if (/^git\+/.test(spec)) return /@[0-9a-f]{40}\b/.test(spec) ? undefined : 'a repository that is not pinned to a commit';
  return /[=@]=?\d+(\.\d+)+/.test(spec) ? undefined : `the Python package ${spec.slice(0, 100)}`;
}

function image(words: readonly string[]): string | undefined {
  if (!words.includes('run')) return undefined;
  const spec = words
    .slice(words.indexOf('run') + 1)
    .find(
      (word, at, all) =>
        !word.startsWith('-') &&
        !/^-([evpwu]|-(env|volume|mount|name|network|publish|user|workdir|platform|entrypoint))$/.test(all[at - 1] ?? ''),
    );
  if (spec === undefined || /@sha256:[0-9a-f]{64}$/.test(spec)) return undefined;
  return `the image ${spec.slice(0, 100)}`;
}
