// One view at a time. A figure is drawn when its view is opened and taken away when it is left, so that a long talk
// needs no more WebGL than a short one.

const slides = [...document.querySelectorAll('section')]
const settings = { displaylogo: false, responsive: true, scrollZoom: true }
let shown = -1

function show(number) {
  const next = Math.max(0, Math.min(slides.length - 1, number))
  if (next === shown) return
  if (shown >= 0) {
    slides[shown].hidden = true
    const chart = slides[shown].querySelector('.figure')
    if (chart) Plotly.purge(chart)
  }
  shown = next
  slides[shown].hidden = false
  document.getElementById('place').textContent = `${shown + 1} / ${slides.length}`
  history.replaceState(null, '', `#${shown + 1}`)
  draw(slides[shown])
}

function draw(slide) {
  const chart = slide.querySelector('.figure')
  if (!chart) return
  const figure = JSON.parse(slide.querySelector('script').textContent)
  Plotly.newPlot(chart, figure.data, figure.layout, settings).then(() => keepLabelsPlaced(chart))
}

const keys = {
  ArrowRight: () => show(shown + 1), ArrowDown: () => show(shown + 1), PageDown: () => show(shown + 1),
  ' ': () => show(shown + 1), ArrowLeft: () => show(shown - 1), ArrowUp: () => show(shown - 1),
  PageUp: () => show(shown - 1), Home: () => show(0), End: () => show(slides.length - 1),
  n: () => document.body.classList.toggle('quiet'), p: () => window.print(),
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === ' ' && event.target.closest('button')) return // a button is pressed by it
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (!act) return
  event.preventDefault()
  act()
})
document.getElementById('back').addEventListener('click', () => show(shown - 1))
document.getElementById('on').addEventListener('click', () => show(shown + 1))
window.addEventListener('beforeprint', () => slides.forEach((slide) => { slide.hidden = false; draw(slide) }))
window.addEventListener('afterprint', () => slides.forEach((slide, number) => {
  slide.hidden = number !== shown
  const chart = slide.querySelector('.figure')
  if (chart && slide.hidden) Plotly.purge(chart)
}))
show((Number(location.hash.slice(1)) || 1) - 1)
