// Cards for the chapters in JupyterLab's launcher. Small enough to need no build: this is what a bundler would
// make of an extension, a container that hands out one module and takes JupyterLab's own packages from `shared`.

(() => {
  const CHAPTER = /^(\d\d)-([a-z-]+)\.ipynb$/;
  const PATTERN = /^0[1-9]/;
  let shared;

  async function taken(name) {
    const [first] = Object.values(shared[name]);
    return (await first.get())();
  }

  function title(path) {
    const [, number, words] = path.match(CHAPTER);
    const plain = words.replaceAll("-", " ");
    return `${PATTERN.test(number) ? `${Number(number)} · ` : ""}${plain[0].toUpperCase()}${plain.slice(1)}`;
  }

  function icon(path) {
    const sign = PATTERN.test(path) ? Number(path.slice(0, 2)) : "▶";
    const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 52 52"><rect x="2" y="2" width="48" height="48" rx="10"
      fill="#0072b2"/><text x="26" y="35" fill="#fff" font-family="sans-serif" font-size="26" text-anchor="middle">${sign}</text></svg>`;
    return `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  }

  async function activate(app, launcher, notebookIcon) {
    const command = "deploylab:open-chapter";
    app.commands.addCommand(command, {
      label: ({ path }) => (path ? title(path) : "Open a chapter"),
      caption: ({ path }) => path ?? "",
      icon: notebookIcon, // of the section, whose first card gives it its own
      execute: ({ path }) => app.commands.execute("docmanager:open", { path, factory: "Notebook" }),
    });
    const folder = await app.serviceManager.contents.get("");
    const chapters = folder.content.map(({ name }) => name).filter((name) => CHAPTER.test(name)).sort();
    chapters.forEach((path, rank) => {
      launcher.add({ command, args: { path }, category: "Notebook", rank: rank - 100, kernelIconUrl: icon(path) });
    });
  }

  async function extension() {
    const { ILauncher } = await taken("@jupyterlab/launcher");
    const { notebookIcon } = await taken("@jupyterlab/ui-components");
    const plugin = {
      id: "deploylab:launcher",
      autoStart: true,
      requires: [ILauncher],
      activate: (app, launcher) => activate(app, launcher, notebookIcon),
    };
    return () => ({ __esModule: true, default: plugin });
  }

  (window._JUPYTERLAB ??= {}).deploylab = { init: (scope) => { shared = scope; }, get: extension };
})();
