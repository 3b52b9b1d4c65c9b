const step = 20_000;
/** Keeps the longest time between two frames, as long as the page is there. */
const watchFrames = `(() => {
  let last = performance.now();
  window.longestFrame = 0;
  const frame = (now) => {
    window.longestFrame = Math.max(window.longestFrame, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;
/** Turns the wheel over the list of jobs until its end is reached: page after page is read on the way. */
export async function scrollToEnd(page) {
  const table = page.getByRole('table', { name: 'Jobs' });
  await table.getByRole('row').nth(1).hover();
  await page.evaluate(watchFrames);
  const begin = performance.now();
  let rows = -1;
  while (rows < 0) {
    await page.mouse.wheel(0, step);
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
    rows = Number(await table.getAttribute('aria-rowcount')) - 1;
  }
  return {
    rows,
    seconds: (performance.now() - begin) / 1_000,
    longestFrame: await page.evaluate('window.longestFrame'),
    elements: await page.evaluate('document.querySelectorAll("*").length'),
  };
}
//# sourceMappingURL=scroll-list.js.map
