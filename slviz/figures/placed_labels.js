// Where the labels of a Plotly map go, in its size and zoom of this moment: no label covers another. Annotations that
// are called as slviz/figures/labels.py says are placed; the same way as there, by measured letters.

const POINT_LABEL = 'label of a point'
const AREA_LABEL = 'label of an area'
const LABEL_SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, 1], [1, -1], [-1, 1], [-1, -1], [1, 0.5], [1, -0.5], [-1, 0.5],
  [-1, -0.5], [0.5, 1], [0.5, -1], [-0.5, 1], [-0.5, -1]]
const LABEL_REACHES = [14, 21, 29, 38, 48, 60, 75, 92, 112]
const AREA_REACHES = [4, 16, 30]
const LABEL_LINE = 1.35
const LABEL_CELL = 6
const TAKEN_COST = 100

// For each label: its number among the annotations, kind, lines, place of its thing and of its own middle, half its size.
function placedLabels(chart) {
  const { xaxis, yaxis } = chart._fullLayout // r2p: an annotation on a logarithmic axis says the logarithm
  const pen = (chart.slvizPen ??= document.createElement('canvas').getContext('2d'))
  const labels = (chart.layout.annotations ?? []).flatMap((note, index) => {
    if (note.name !== POINT_LABEL && note.name !== AREA_LABEL) return []
    const at = [xaxis._offset + xaxis.r2p(note.x), yaxis._offset + yaxis.r2p(note.y)]
    const whole = note.name === AREA_LABEL && note.hovertext ? note.hovertext.replace(/: [^:]*$/, '') : note.text
    return [{ index, isPoint: note.name === POINT_LABEL, words: labelWords(whole), at, size: note.font?.size ?? 12 }]
  })
  if (!labels.length) return { placed: [], all: [] }
  const covered = countsUnder(chart, xaxis, yaxis)
  const box = [xaxis._offset, yaxis._offset, xaxis._offset + xaxis._length, yaxis._offset + yaxis._length]
  const seen = ({ at }) => at[0] >= box[0] && at[0] <= box[2] && at[1] >= box[1] && at[1] <= box[3]
  const points = labels.filter((label) => label.isPoint && seen(label)).reverse() // the first have first choice
  const areas = labels.filter((label) => !label.isPoint && seen(label))
  const taken = [...points.map(({ at }) => ({ middle: at, half: [6, 6], isPoint: true })), ...axisTitles(chart)]
  const placed = [
    ...points.map((label) => pointPlace(label, pen, taken, chart)),
    ...areas.map((label) => areaPlace(label, pen, taken, covered, chart)),
  ]
  return { placed: placed.filter(Boolean), all: labels }
}

// Where the titles of the axes stand, which no label covers.
function axisTitles(chart) {
  const { left, top } = chart.getBoundingClientRect()
  return [...chart.querySelectorAll('.g-xtitle text, .g-ytitle text')].map((title) => {
    const box = title.getBoundingClientRect()
    const middle = [box.left + box.width / 2 - left, box.top + box.height / 2 - top]
    return { middle, half: [box.width / 2, box.height / 2], isPoint: false }
  })
}

function labelWords(text) {
  const page = new DOMParser().parseFromString(String(text).replace(/<br ?\/?>/g, ' '), 'text/html')
  return page.body.textContent
}

function halfOf(pen, lines, size) {
  pen.font = `700 ${size}px "Source Sans", Arial, Helvetica, sans-serif`
  return [Math.max(...lines.map((line) => pen.measureText(line).width)) / 2 + 3, (lines.length * LABEL_LINE * size) / 2 + 1]
}

function covers(middle, half, other) {
  return Math.abs(middle[0] - other.middle[0]) < half[0] + other.half[0]
    && Math.abs(middle[1] - other.middle[1]) < half[1] + other.half[1]
}

function fits(chart, middle, half) {
  const { width, height } = chart._fullLayout
  return middle[0] - half[0] >= 0 && middle[1] - half[1] >= 0
    && middle[0] + half[0] <= width && middle[1] + half[1] <= height
}

function pointPlace(label, pen, taken, chart) {
  const bare = halfOf(pen, [label.words], label.size)
  const half = [bare[0] + 3, bare[1] + 2]
  let best = null
  for (const reach of LABEL_REACHES) {
    for (const [across, up] of LABEL_SIDES) {
      const middle = [label.at[0] + across * (half[0] + reach), label.at[1] + up * (half[1] + reach)]
      if (!fits(chart, middle, half)) continue
      const cost = taken.reduce((sum, other) =>
        sum + (covers(middle, half, other) ? (other.isPoint ? 1 : TAKEN_COST) : 0), 0)
      if (!best || cost < best.cost) best = { middle, cost }
      if (cost === 0) break
    }
    if (best?.cost === 0) break
  }
  if (!best || best.cost >= TAKEN_COST) return null
  taken.push({ middle: best.middle, half, isPoint: false })
  return { ...label, lines: [label.words], middle: best.middle, half }
}

// On its middle or right beside: where it covers the fewest points; cut to its number where nothing longer is free.
function areaPlace(label, pen, taken, covered, chart) {
  for (const lines of [inTwoLines(label.words), [label.words.split(' · ')[0]]]) {
    const half = halfOf(pen, lines, label.size)
    const shifts = [[0, 0]]
    for (const reach of AREA_REACHES) {
      for (const [across, up] of LABEL_SIDES.slice(0, 8)) {
        shifts.push([across * (half[0] + reach), up * (half[1] + reach)])
      }
    }
    let best = null
    shifts.forEach((shift, place) => {
      const middle = [label.at[0] + shift[0], label.at[1] + shift[1]]
      if (!fits(chart, middle, half) || taken.some((other) => covers(middle, half, other))) return
      const cost = covered(middle, half) + 0.15 * place
      if (!best || cost < best.cost) best = { middle, cost }
    })
    if (best) {
      taken.push({ middle: best.middle, half, isPoint: false })
      return { ...label, lines, middle: best.middle, half }
    }
  }
  return null
}

function inTwoLines(words) {
  for (const letters of [20, 26]) {
    const lines = wrapped(words, letters)
    if (lines.length <= 2) return lines
  }
  const [first, second] = wrapped(words, 20)
  return [first, `${second} …`]
}

function wrapped(words, letters) {
  const lines = ['']
  for (const word of words.split(' ')) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word
    if (longer.length <= letters || !lines[lines.length - 1]) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.map((line) => (line.length > 26 ? `${line.slice(0, 25)}…` : line))
}

// How many points lie under a box, from sums over a grid of cells.
function countsUnder(chart, xaxis, yaxis) {
  const { width, height } = chart._fullLayout
  const across = Math.ceil(width / LABEL_CELL) + 1
  const down = Math.ceil(height / LABEL_CELL) + 1
  const sums = new Float64Array((across + 1) * (down + 1))
  for (const trace of chart._fullData) {
    if (!trace.customdata || !trace.x || !trace.y) continue
    for (let point = 0; point < trace.x.length; point += 1) {
      const column = Math.floor((xaxis._offset + xaxis.d2p(trace.x[point])) / LABEL_CELL)
      const row = Math.floor((yaxis._offset + yaxis.d2p(trace.y[point])) / LABEL_CELL)
      if (column >= 0 && row >= 0 && column < across && row < down) sums[(row + 1) * (across + 1) + column + 1] += 1
    }
  }
  for (let row = 1; row <= down; row += 1) {
    for (let column = 1; column <= across; column += 1) {
      const here = row * (across + 1) + column
      sums[here] += sums[here - 1] + sums[here - across - 1] - sums[here - across - 2]
    }
  }
  const cell = (place, most) => Math.max(0, Math.min(most, Math.round(place / LABEL_CELL)))
  return ([x, y], half) => {
    const [left, right] = [cell(x - half[0], across), cell(x + half[0], across)]
    const [top, bottom] = [cell(y - half[1], down), cell(y + half[1], down)]
    const at = (row, column) => sums[row * (across + 1) + column]
    return at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
  }
}

// Keeps the labels of a chart that stands by itself placed: now, and whenever its view or size has changed.
function keepLabelsPlaced(chart) {
  let last = ''
  const place = () => {
    const { xaxis, yaxis, width, height } = chart._fullLayout ?? {}
    const isLabel = ({ name }) => name === POINT_LABEL || name === AREA_LABEL
    if (!xaxis?.d2p || !chart.layout.annotations?.some(isLabel)) return
    const now = String([...xaxis.range, ...yaxis.range, width, height])
    if (now === last) return
    last = now
    Plotly.relayout(chart, labelUpdates(placedLabels(chart)))
  }
  chart.on('plotly_afterplot', place)
  place()
}

// What Plotly has to be told so that it draws the labels there, by the path of each attribute.
function labelUpdates({ placed, all }) {
  const by = new Map(placed.map((label) => [label.index, label]))
  const updates = {}
  for (const { index, isPoint } of all) {
    const label = by.get(index)
    const tell = (attribute, value) => { updates[`annotations[${index}].${attribute}`] = value }
    tell('visible', Boolean(label))
    if (!label) continue
    const shift = [label.middle[0] - label.at[0], label.middle[1] - label.at[1]]
    if (isPoint) {
      tell('ax', shift[0])
      tell('ay', shift[1])
    } else {
      tell('xshift', shift[0])
      tell('yshift', -shift[1])
      tell('text', label.lines.map(asPlotlyText).join('<br>'))
    }
  }
  return updates
}

function asPlotlyText(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
