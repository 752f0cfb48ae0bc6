// The picture that the decoder draws at the pointer's place on a map, without asking the server. Arrow keys and a finger
// move the place, too. A click, the end of a drag or Enter keeps the place: only this is told to the server.
// slviz/ui/embedding/picture_decoder.js, which draws, stands before this.

const LOOK_EVERY_MS = 250
const STEP_SHARE = 0.02
const LARGE_STEP_SHARE = 0.1
const CLICK_PIXELS = 4
const kept = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  const view = kept.get(parentElement) ?? begin(parentElement)
  if (view.data?.decoder !== data.decoder) view.decoder = preparedDecoder(data.decoder)
  const isNew = String(view.data?.place) !== String(data.place) && String(view.told) !== String(data.place)
  if (isNew) view.place = data.place
  view.data = data
  view.component = component
  view.frame.setAttribute('aria-label', data.label)
  attach(view)
  draw(view)
  return () => end(parentElement, view)
}

function begin(root) {
  const view = { root, frame: root.querySelector('.decoded'), chart: null, layer: null, waits: false }
  view.stops = new AbortController()
  view.frame.addEventListener('keydown', (event) => moveByKey(view, event))
  const canvas = root.querySelector('canvas')
  canvas.addEventListener('pointerdown', (event) => {
    event.target.setPointerCapture(event.pointerId)
    view.dragged = false
  })
  canvas.addEventListener('pointermove', (event) => moveByDrag(view, event))
  canvas.addEventListener('pointerup', () => view.dragged && keep(view))
  view.scrolled = () => keepInSight(view)
  document.addEventListener('scroll', view.scrolled, { capture: true, passive: true })
  view.timer = setInterval(() => attach(view), LOOK_EVERY_MS)
  kept.set(root, view)
  return view
}

function end(root, view) {
  clearInterval(view.timer)
  view.stops.abort()
  document.removeEventListener('scroll', view.scrolled, { capture: true })
  view.layer?.remove()
  view.chart = null
  kept.delete(root)
}

// Streamlit may build the chart later than this component, and anew at any time.
function attach(view) {
  const chart = document.querySelector(`.st-key-${view.data.chart} .js-plotly-plot`)
  if (!chart?.on || chart === view.chart) return
  view.stops.abort()
  view.stops = new AbortController()
  view.chart = chart
  const follow = (event) => moveToPointer(view, event)
  for (const kind of ['pointerdown', 'pointermove']) {
    chart.addEventListener(kind, follow, { capture: true, passive: true, signal: view.stops.signal })
  }
  listenForClicks(view, chart)
  const alive = () => view.chart === chart && mark(view)
  chart.on('plotly_relayouting', alive)
  chart.on('plotly_afterplot', alive)
  mark(view)
}

// Plotly covers the page while a button is down, so that the end of a click is heard by the document alone.
function listenForClicks(view, chart) {
  const { signal } = view.stops
  let begun = null
  chart.addEventListener('pointerdown', (event) => {
    begun = event.button === 0 && placeUnder(view, event) ? [event.clientX, event.clientY] : null
  }, { capture: true, passive: true, signal })
  document.addEventListener('pointerup', (event) => {
    if (begun && Math.hypot(event.clientX - begun[0], event.clientY - begun[1]) <= CLICK_PIXELS) keep(view)
    begun = null
  }, { capture: true, passive: true, signal })
  chart.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse' && view.data.kept) move(view, view.data.place, 'off')
  }, { signal })
}

function keep(view) {
  const place = view.place.map((at) => Number(at.toPrecision(6)))
  if (view.data.kept && String(place) === String(view.data.place)) return
  view.told = place
  view.component.setTriggerValue('kept', place)
}

function moveToPointer(view, event) {
  const place = placeUnder(view, event)
  if (!place) return
  view.pointed = true
  move(view, place, 'off')
}

// Where on the map the pointer is; null beside the axes.
function placeUnder(view, { clientX, clientY }) {
  const axes = axesOf(view)
  if (!axes) return null
  const box = view.chart.getBoundingClientRect()
  const scale = view.chart.offsetWidth / box.width || 1
  const right = (clientX - box.left) * scale - axes.x._offset
  const down = (clientY - box.top) * scale - axes.y._offset
  if (right < 0 || down < 0 || right > axes.x._length || down > axes.y._length) return null
  return [axes.x.p2d(right), axes.y.p2d(down)]
}

// A drag over the whole picture moves the place by half of the map.
function moveByDrag(view, event) {
  if (event.buttons !== 1) return
  view.dragged = true
  const share = 0.5 / event.target.clientWidth
  moveBy(view, [event.movementX * share, -event.movementY * share], 'off')
}

function moveByKey(view, event) {
  const axes = axesOf(view)
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }
  const way = ways[event.key]
  if (!axes || event.ctrlKey || event.metaKey || event.altKey || !(way || ['Home', 'Enter'].includes(event.key))) return
  event.preventDefault()
  event.stopPropagation()
  if (event.key === 'Enter') return keep(view)
  if (!way) return move(view, view.data.place, 'polite')
  moveBy(view, way.map((towards) => towards * (event.shiftKey ? LARGE_STEP_SHARE : STEP_SHARE)), 'polite')
}

// By shares of what the map shows of each axis, and no further than that.
function moveBy(view, shares, live) {
  const axes = axesOf(view)
  if (!axes) return
  move(view, [axes.x, axes.y].map(({ range }, axis) => {
    const [low, high] = [Math.min(...range), Math.max(...range)]
    return Math.min(high, Math.max(low, view.place[axis] + shares[axis] * (high - low)))
  }), live)
}

function move(view, place, live) {
  view.place = place
  view.root.querySelector('.place').setAttribute('aria-live', live)
  if (view.waits) return
  view.waits = true
  requestAnimationFrame(() => {
    view.waits = false
    draw(view)
  })
}

function draw(view) {
  const { decoder, place, data } = view
  const embedding = data.origin.map((value, column) =>
    place.reduce((sum, at, axis) => sum + at * data.along[axis][column], value))
  const [height, width, channels] = decoder.shape
  const pixels = decodedPixels(decoder, embedding)
  const canvas = view.root.querySelector('canvas')
  canvas.width = width
  canvas.height = height
  const image = new ImageData(width, height)
  for (let at = 0; at < width * height; at++) {
    for (let colour = 0; colour < 3; colour++) {
      image.data[4 * at + colour] = Math.round(255 * pixels[at * channels + (channels === 3 ? colour : 0)])
    }
    image.data[4 * at + 3] = 255
  }
  canvas.getContext('2d').putImageData(image, 0, 0)
  canvas.dataset.place = String(place)
  view.root.querySelector('.place').textContent =
    data.axes.map((name, axis) => `${name}: ${place[axis].toFixed(2).replace('-', '−')}`).join(', ')
  keepInSight(view)
  mark(view)
}

// In a narrow window the picture stands below the map: while the pointer is on the map it floats in a corner.
function keepInSight(view) {
  const { top, bottom } = view.root.querySelector('.room').getBoundingClientRect()
  view.frame.classList.toggle('afloat', Boolean(view.pointed) && (top < 0 || bottom > window.innerHeight))
}

function axesOf(view) {
  const layout = view.chart?._fullLayout
  return layout?.xaxis?.p2d ? { x: layout.xaxis, y: layout.yaxis } : null
}

// A cross at the place and a ring at the kept one, in a layer over the chart that Plotly does not know of.
function mark(view) {
  const axes = axesOf(view)
  if (!axes) return
  if (view.layer?.parentElement !== view.chart) {
    view.layer?.remove()
    view.layer = svg('svg', { class: 'slviz-decoded' })
    view.layer.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none'
    view.chart.style.position = 'relative'
    view.chart.appendChild(view.layer)
  }
  const shapes = []
  const cross = onPage(axes, view.place)
  if (cross) shapes.push(...outlined('path', { d: `M${cross[0] - 11} ${cross[1]}h7m8 0h7M${cross[0]} ${cross[1] - 11}v7m0 8v7` }))
  const ring = view.data.kept ? onPage(axes, view.data.place) : null
  if (ring) shapes.push(...outlined('circle', { cx: ring[0], cy: ring[1], r: 6, class: 'kept' }))
  view.layer.replaceChildren(...shapes)
}

function onPage({ x, y }, place) {
  const [right, down] = [x.d2p(place[0]), y.d2p(place[1])]
  const inside = right >= 0 && down >= 0 && right <= x._length && down <= y._length
  return inside ? [x._offset + right, y._offset + down] : null
}

function outlined(kind, attributes) {
  const look = { ...attributes, fill: 'none', 'stroke-linecap': 'round' }
  return [svg(kind, { ...look, stroke: 'white', 'stroke-width': 4.5 }),
    svg(kind, { ...look, stroke: '#D55E00', 'stroke-width': 2.5 })]
}

function svg(kind, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', kind)
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value))
  return made
}
