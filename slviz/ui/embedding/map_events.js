// What happens on a Plotly map beside this component: zoom, click and lasso go to the server as a few numbers,
// never as points; the picture of the point under the pointer, and the marks of the chosen point and its
// neighbours, are drawn here without asking the server. So are the labels, which are placed anew for every zoom and size
// of the map; slviz/figures/placed_labels.js, which says where, stands before this.

const LOOK_EVERY_MS = 250
const SETTLED_MS = 200
const kept = new WeakMap()

export default function (component) {
  const { parentElement } = component
  const map = kept.get(parentElement) ?? start(parentElement)
  map.component = component
  drawMarks(map)
  drawPicture(map)
  return () => stop(parentElement, map)
}

function start(root) {
  const map = { root, chart: null, timer: 0, waiting: 0, marks: null, under: null }
  kept.set(root, map)
  map.timer = setInterval(() => attach(map), LOOK_EVERY_MS)
  setTimeout(() => attach(map))
  return map
}

function stop(root, map) {
  clearInterval(map.timer)
  map.marks?.remove()
  map.labels?.remove()
  map.chart = null
  kept.delete(root)
}

// Streamlit may build the chart later than this component, and anew at any time.
function attach(map) {
  const chart = document.querySelector(`.st-key-${map.component.data.chart} .js-plotly-plot`)
  if (!chart?.on || chart === map.chart) return
  map.chart = chart
  const alive = (handle) => (event) => map.chart === chart && handle(map, event)
  if (map.component.data.pictures) { // as below; marks and labels are drawn by other components of this kind
    chart.on('plotly_hover', alive(showPicture))
    return
  }
  if (map.component.data.labels) { // clicks on this chart are told by Streamlit
    chart.on('plotly_relayouting', alive(drawLabels))
    chart.on('plotly_afterplot', alive(drawLabels))
    drawLabels(map)
    return
  }
  chart.on('plotly_relayouting', alive(drawMarks))
  chart.on('plotly_afterplot', alive(drawMarks))
  drawMarks(map)
  if (!map.component.data.near) {
    chart.on('plotly_relayouting', alive(drawLabels))
    chart.on('plotly_afterplot', alive(drawLabels))
    drawLabels(map)
  }
  if (map.component.data.near) { // another component of this kind tells the server what happens
    chart.on('plotly_hover', alive((each, event) => lineUp(each, numberOf(event))))
    chart.on('plotly_unhover', alive((each) => lineUp(each, null)))
    return
  }
  chart.on('plotly_relayout', alive(zoomed))
  chart.on('plotly_click', alive(clicked))
  chart.on('plotly_selected', alive(selected))
  chart.on('plotly_deselect', alive((each) => each.component.setStateValue('selection', null)))
  chart.on('plotly_hover', alive(showPicture))
}

function zoomed(map) {
  drawMarks(map)
  if (!map.component.data.zooms) return
  clearTimeout(map.waiting)
  map.waiting = setTimeout(() => {
    const { xaxis, yaxis } = map.chart.layout
    const view = [...xaxis.range, ...yaxis.range].map((each) => Number(Number(each).toPrecision(6)))
    if (String(view) === String(map.view ?? map.component.data.view)) return
    map.view = view
    map.component.setStateValue('view', view)
  }, SETTLED_MS)
}

function numberOf(event) {
  const data = event?.points?.[0]?.customdata
  const number = data?.length === undefined ? data : data[0]
  return Number.isFinite(Number(number)) && number !== null ? Number(number) : null
}

function clicked(map, event) {
  const number = numberOf(event)
  if (number !== null) map.component.setTriggerValue('clicked', number)
}

function selected(map, event) {
  if (!event) return // a redraw of the figure says so
  const drawn = event.lassoPoints ?? event.range
  if (!drawn) return
  const rounded = (values) => values.map((each) => Number(each.toPrecision(7)))
  const shape = { kind: event.lassoPoints ? 'lasso' : 'box', x: rounded(drawn.x), y: rounded(drawn.y) }
  map.component.setStateValue('selection', shape)
}

// Lines from the point under the pointer to its true nearest, wherever the map has put them.
function lineUp(map, number) {
  if (number === map.under) return
  map.under = number
  drawMarks(map)
}

function nearestOf(map, number) {
  const { near } = map.component.data
  if (map.near?.of !== near) {
    const content = Uint8Array.from(atob(near.content), (each) => each.charCodeAt(0)).buffer
    map.near = { of: near, numbers: near.bytes === 2 ? new Uint16Array(content) : new Uint32Array(content) }
  }
  return Array.from(map.near.numbers.subarray(number * near.count, (number + 1) * near.count))
}

// Where each numbered point of the chart lies; made anew when the chart has other data.
function placesOf(map) {
  const data = map.chart._fullData
  if (map.placed?.of !== data) {
    const places = new Map()
    for (const trace of data) {
      if (!trace.customdata || !trace.x) continue
      Array.from(trace.customdata, (each, at) => {
        places.set(Number(each?.length === undefined ? each : each[0]), [Number(trace.x[at]), Number(trace.y[at])])
      })
    }
    map.placed = { of: data, places }
  }
  return map.placed.places
}

// A layer over the chart, which Plotly does not know of: `labels` or `marks`.
function layerOf(map, name) {
  const { chart } = map
  if (map[name]?.parentElement !== chart) {
    map[name]?.remove()
    map[name] = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    map[name].setAttribute('class', `slviz-${name}`)
    map[name].style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none'
    chart.style.position = 'relative'
    chart.appendChild(map[name])
  }
  return map[name]
}

// The labels as a layer of the chart. Plotly's own are hidden, and told the same places, which its camera draws.
function drawLabels(map) {
  const { chart } = map
  if (!chart?._fullLayout?.xaxis?.d2p || !chart.layout.annotations) return
  const labels = placedLabels(chart)
  const layer = layerOf(map, 'labels')
  for (const { index } of labels.all) {
    const own = chart.querySelector(`.infolayer .annotation[data-index="${index}"]`)
    if (own) own.style.display = 'none'
  }
  for (const [path, value] of Object.entries(labelUpdates(labels))) {
    const [, index, attribute] = /\[(\d+)\]\.(\w+)/.exec(path)
    chart.layout.annotations[index][attribute] = value
  }
  const page = getComputedStyle(chart.closest('[data-testid="stApp"]') ?? document.body)
  const letters = { 'text-anchor': 'middle', 'font-weight': 700, 'font-family': page.fontFamily, stroke: 'none' }
  const lines = labels.placed.filter((label) => label.isPoint).map(({ at, middle }) =>
    shape('line', { x1: at[0], y1: at[1], x2: middle[0], y2: middle[1], stroke: page.color, 'stroke-width': 1 }))
  const names = labels.placed.flatMap((label) => label.isPoint
    ? [shape('rect', { x: label.middle[0] - label.half[0], y: label.middle[1] - label.half[1], width: 2 * label.half[0],
      height: 2 * label.half[1], rx: 2, fill: 'rgba(47, 60, 68, 0.92)', stroke: 'none' }),
    ...written(label, { ...letters, fill: 'white' })]
    : written(label, { ...letters, fill: page.color, stroke: page.backgroundColor, 'stroke-width': 3.5,
      'stroke-linejoin': 'round', 'paint-order': 'stroke' }))
  layer.replaceChildren(...lines, ...names)
}

function written(label, look) {
  return label.lines.map((line, number) => {
    const down = (number - (label.lines.length - 1) / 2) * LABEL_LINE * label.size
    const text = shape('text', { ...look, x: label.middle[0], y: label.middle[1] + down + 0.35 * label.size,
      'font-size': label.size })
    text.textContent = line
    return text
  })
}

function showPicture(map, event) {
  const number = numberOf(event)
  if (number === null) return
  map.pointed = { number, name: plain(event.points[0].text) }
  drawPicture(map)
}

// All pictures lie in one image, row by row; only the wanted tile of it is shown. The chosen point has its picture on its
// card, so that its place here stays empty, and as high as before.
function drawPicture(map) {
  const { sprites, chosen } = map.component.data
  const frame = map.root.querySelector('.picture')
  if (!sprites || !map.pointed || !frame) return
  const { number, name } = map.pointed
  const onCard = number === chosen
  const scale = frame.clientWidth / sprites.width
  const column = number % sprites.columns
  const row = Math.floor(number / sprites.columns)
  frame.style.height = `${sprites.height * scale}px`
  frame.style.backgroundImage = onCard ? 'none' : `url("${sprites.image}")`
  frame.style.backgroundSize = `${sprites.columns * sprites.width * scale}px auto`
  frame.style.backgroundPosition = `-${column * sprites.width * scale}px -${row * sprites.height * scale}px`
  frame.dataset.number = onCard ? '' : number
  frame.setAttribute('aria-label', name)
  map.root.querySelector('.hint').textContent = onCard ? `${name}: its card is below` : name
}

function plain(text) {
  return String(text ?? '').split('<br>')[0].replace(/<[^>]*>/g, '')
}

// A ring around the chosen point and lines to its neighbours, over the chart, so that the chart is not sent again.
function drawMarks(map) {
  const { chart } = map
  if (map.component.data.pictures || map.component.data.labels || !chart?._fullLayout?.xaxis?.d2p) return
  const marks = map.component.data.marks ?? []
  const { xaxis, yaxis } = chart._fullLayout
  const at = ([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)]
  const inside = ([x, y]) =>
    x >= xaxis._offset && x <= xaxis._offset + xaxis._length && y >= yaxis._offset && y <= yaxis._offset + yaxis._length
  const places = marks.map(at)
  const lines = [...places.slice(1).map((to) => [places[0], to]), ...underPointer(map).map((ends) => ends.map(at))]
  const shapes = lines.filter((ends) => ends.every(inside)).map(([from, to]) =>
    shape('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], 'stroke-width': 1.2, opacity: 0.75 }))
  places.forEach((place, number) => {
    if (inside(place)) shapes.push(shape('circle', { cx: place[0], cy: place[1], r: number ? 5 : 9, 'stroke-width': number ? 1.4 : 3 }))
  })
  layerOf(map, 'marks').replaceChildren(...shapes)
}

// Pairs of places: the point under the pointer, and each of its true nearest.
function underPointer(map) {
  if (map.under === null || !map.component.data.near) return []
  const places = placesOf(map)
  const from = places.get(map.under)
  return from ? nearestOf(map, map.under).map((each) => places.get(each)).filter(Boolean).map((to) => [from, to]) : []
}

function shape(kind, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', kind)
  Object.entries({ fill: 'none', stroke: '#D55E00', ...attributes }).forEach(([key, value]) => made.setAttribute(key, value))
  return made
}
