// Maps of the same genes in one chart: what lies under the pointer, and what was drawn around on one map, is marked
// on all of them at once, in the browser. The server is told of the shape, in a few numbers, for its table.

const LOOK_EVERY_MS = 250
const MARK = '#D55E00'
const kept = new WeakMap()

export default function (component) {
  const { parentElement } = component
  const link = kept.get(parentElement) ?? start(parentElement)
  link.component = component
  paint(link)
  return () => stop(parentElement, link)
}

function start(root) {
  const link = { chart: null, timer: 0, canvas: null, under: null, selected: null }
  kept.set(root, link)
  link.timer = setInterval(() => attach(link), LOOK_EVERY_MS)
  setTimeout(() => attach(link))
  return link
}

function stop(root, link) {
  clearInterval(link.timer)
  link.canvas?.remove()
  link.chart = null
  kept.delete(root)
}

// Streamlit may build the chart later than this component, and anew at any time.
function attach(link) {
  const chart = document.querySelector(`.st-key-${link.component.data.chart} .js-plotly-plot`)
  if (!chart?.on || chart === link.chart) return
  link.chart = chart
  const alive = (handle) => (event) => link.chart === chart && handle(event)
  chart.on('plotly_hover', alive((event) => point(link, event)))
  chart.on('plotly_unhover', alive(() => point(link, null)))
  chart.on('plotly_click', alive((event) => clicked(link, event)))
  chart.on('plotly_selecting', alive((event) => select(link, event, { tell: false })))
  chart.on('plotly_selected', alive((event) => select(link, event, { tell: true })))
  chart.on('plotly_deselect', alive(() => clear(link)))
  chart.on('plotly_relayouting', alive(() => paint(link)))
  chart.on('plotly_afterplot', alive(() => paint(link)))
  paint(link)
}

function numberOf(at) {
  const data = at?.customdata
  const number = data?.length === undefined ? data : data[0]
  return number !== null && Number.isFinite(Number(number)) ? Number(number) : null
}

function point(link, event) {
  const at = event?.points?.[0]
  const number = at ? numberOf(at) : null
  link.under = number === null ? null : { number, name: plain(at.text) }
  paint(link)
}

function clicked(link, event) {
  const number = numberOf(event?.points?.[0])
  if (number !== null) link.component.setTriggerValue('clicked', number)
}

// On which of the maps a shape was drawn: its coordinates come under the names of that map's axes.
function shapeOf(event) {
  const drawn = event.lassoPoints ?? event.range
  if (!drawn) return null
  const axis = Object.keys(drawn).find((key) => key.startsWith('x'))
  const place = axis.slice(1)
  const rounded = (values) => Array.from(values, (value) => Number(Number(value).toPrecision(7)))
  return {
    kind: event.lassoPoints ? 'lasso' : 'box', map: place ? Number(place) - 1 : 0,
    x: rounded(drawn[axis]), y: rounded(drawn[`y${place}`]),
  }
}

function select(link, event, { tell }) {
  const shape = event && shapeOf(event)
  if (!shape) return // a redraw of the figure says so
  link.selected = new Set(event.points.map(numberOf).filter((number) => number !== null))
  link.source = shape.map
  paint(link)
  link.chart.dataset.linked = String(link.selected.size)
  if (tell) link.component.setStateValue('selection', shape)
}

function clear(link) {
  link.selected = null
  delete link.chart.dataset.linked
  paint(link)
  link.component.setStateValue('selection', null)
}

function plain(text) {
  return String(text ?? '').split('<br>')[0].replace(/<[^>]*>/g, '')
}

// Where each numbered point lies on each map; made anew when the chart has other data.
function placesOf(link) {
  const data = link.chart._fullData
  if (link.placed?.of !== data) {
    const maps = []
    for (const trace of data) {
      if (!trace.customdata || !trace.x) continue
      const map = Number((trace.xaxis ?? 'x').slice(1) || 1) - 1
      maps[map] ??= new Map()
      Array.from(trace.customdata, (number, at) => {
        maps[map].set(Number(number?.length === undefined ? number : number[0]), [Number(trace.x[at]), Number(trace.y[at])])
      })
    }
    link.placed = { of: data, maps }
  }
  return link.placed.maps
}

function canvasOf(link) {
  const { chart } = link
  if (!link.canvas || link.canvas.parentElement !== chart) {
    link.canvas?.remove()
    link.canvas = document.createElement('canvas')
    link.canvas.className = 'slviz-linked'
    link.canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none'
    chart.style.position = 'relative'
    chart.appendChild(link.canvas)
  }
  const scale = window.devicePixelRatio || 1
  const { clientWidth: width, clientHeight: height } = chart
  if (link.canvas.width !== Math.round(width * scale) || link.canvas.height !== Math.round(height * scale)) {
    link.canvas.width = Math.round(width * scale)
    link.canvas.height = Math.round(height * scale)
  }
  const pen = link.canvas.getContext('2d')
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  return pen
}

function paint(link) {
  const layout = link.chart?._fullLayout
  if (!layout?.xaxis?.d2p) return
  const pen = canvasOf(link)
  placesOf(link).forEach((places, map) => {
    const suffix = map ? map + 1 : ''
    const [x, y] = [layout[`xaxis${suffix}`], layout[`yaxis${suffix}`]]
    if (!x?.d2p || !y?.d2p) return
    pen.save()
    pen.beginPath()
    pen.rect(x._offset, y._offset, x._length, y._length)
    pen.clip()
    const at = ([px, py]) => [x._offset + x.d2p(px), y._offset + y.d2p(py)]
    if (link.selected && map !== link.source) dots(pen, [...link.selected].map((number) => places.get(number)).filter(Boolean).map(at))
    const under = link.under && places.get(link.under.number)
    if (under) ring(pen, at(under), link.under.name, x)
    pen.restore()
  })
}

function dots(pen, places) {
  pen.fillStyle = MARK
  pen.strokeStyle = 'rgba(255, 255, 255, 0.9)'
  pen.lineWidth = 0.8
  for (const [x, y] of places) {
    pen.beginPath()
    pen.arc(x, y, 4, 0, 2 * Math.PI)
    pen.fill()
    pen.stroke()
  }
}

function ring(pen, [x, y], name, axis) {
  pen.strokeStyle = MARK
  pen.lineWidth = 2.5
  pen.beginPath()
  pen.arc(x, y, 8, 0, 2 * Math.PI)
  pen.stroke()
  pen.font = '600 12px sans-serif'
  const width = pen.measureText(name).width
  const left = x + 14 + width > axis._offset + axis._length ? x - 14 - width : x + 14
  pen.fillStyle = 'rgba(47, 60, 68, 0.88)'
  pen.fillRect(left - 4, y - 9, width + 8, 18)
  pen.fillStyle = '#fff'
  pen.fillText(name, left, y + 4)
}
