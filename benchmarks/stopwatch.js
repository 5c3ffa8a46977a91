// Clocks in the page: from a key, or from the start of a cell, to the picture that it brings.

window.stopwatch = (() => {
  const output = (index) => document.querySelector(`.jp-Cell[data-windowed-list-index="${index}"] .jp-OutputArea`);
  // What a slider changes, in each way of showing it: another sign is another picture.
  const signs = {
    player: (cell) => cell.querySelector(".dl-picture svg"),
    widget: (cell) => cell.querySelector(".js-plotly-plot")?.redraws,
    figure: (cell) => drawn(cell.querySelector(".jp-OutputArea .jp-OutputArea .js-plotly-plot")),
  };
  const drawn = (plot) => plot?.querySelector(".scatterlayer .trace") ? plot : undefined;
  let times = [];

  // Looked for at every frame; a frame more, and it has been painted.
  function until(found, start) {
    if (found()) requestAnimationFrame(() => times.push(performance.now() - start));
    else requestAnimationFrame(() => until(found, start));
  }

  return {
    count: () => times.length,
    take: () => times.splice(0),

    turns(index, way) {
      const cell = output(index), plot = way === "widget" && cell.querySelector(".js-plotly-plot");
      if (plot) {
        plot.redraws = 0;
        plot.on("plotly_afterplot", () => { plot.redraws += 1; });
      }
      cell.addEventListener("keydown", (event) => {
        if (!event.target.matches(".noUi-handle")) return;
        const start = performance.now(), sign = signs[way], before = sign(cell);
        until(() => sign(cell) && sign(cell) !== before, start);
      }, true);
    },

    cell(index) {
      const notebook = window.jupyterapp.shell.currentWidget.content, start = performance.now();
      notebook.activeCellIndex = index;
      void window.jupyterapp.commands.execute("notebook:run-cell");
      until(() => output(index)?.querySelector(".dl-picture svg"), start);
    },

    frames(milliseconds) {
      const start = performance.now();
      let frames = -1;
      const tick = (now) => {
        frames += 1;
        if (now - start < milliseconds) requestAnimationFrame(tick);
        else times.push(frames * 1000 / (now - start));
      };
      requestAnimationFrame(tick);
    },
  };
})();
