// The network as a picture to keep, with its key and where it comes from: SVG, and PNG that is drawn from it. Words of
// others are put in as text nodes. It stands before network_view.js, whose `view` it is given.

const SVG = 'http://www.w3.org/2000/svg'
const PNG_SCALE = 3
const MARGIN = 24
const POLYGONS = {
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  triangle: [[0, -1], [1, 1], [-1, 1]],
  rectangle: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  star: Array.from({ length: 10 }, (_, n) => [Math.sin(n * Math.PI / 5) * (n % 2 ? 0.5 : 1), -Math.cos(n * Math.PI / 5) * (n % 2 ? 0.5 : 1)]),
}
const DASHES = { dashed: '7 4', dotted: '2 3' }

function savePicture(view, kind) {
  const picture = pictureOf(view)
  const text = new XMLSerializer().serializeToString(picture)
  const drawn = new Blob([text], { type: 'image/svg+xml' })
  const name = view.component.data.file
  if (kind === 'svg') return saveAs(drawn, `${name}.svg`)
  const image = new Image()
  const address = URL.createObjectURL(drawn)
  image.onload = () => {
    const canvas = document.createElement('canvas')
    canvas.width = picture.getAttribute('width') * PNG_SCALE
    canvas.height = picture.getAttribute('height') * PNG_SCALE
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
    URL.revokeObjectURL(address)
    canvas.toBlob((blob) => saveAs(blob, `${name}.png`), 'image/png')
  }
  image.src = address
}

function saveAs(blob, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

function pictureOf(view) {
  const { cy, component: { data } } = view
  const style = getComputedStyle(view.root.querySelector('.area'))
  const box = cy.elements().boundingBox({ includeLabels: true })
  const width = Math.max(Math.ceil(box.w) + 2 * MARGIN, 420)
  const left = box.x1 - (width - box.w) / 2
  const top = box.y1 - MARGIN
  const picture = drawn('svg', { xmlns: SVG, 'font-family': 'sans-serif', fill: style.color })
  drawn('desc', {}, picture, data.source)
  const paper = drawn('rect', { fill: style.backgroundColor }, picture)
  const plane = drawn('g', { transform: `translate(${-left} ${-top})` }, picture)
  cy.edges().forEach((edge) => drawn('path', wayOf(edge), plane))
  cy.nodes().forEach((node) => nodeInto(plane, node, style))
  let y = Math.ceil(box.h) + 2 * MARGIN + 14
  y = keyInto(picture, data.key, y, width)
  for (const [size, text] of [[11, data.mark], [9, data.source]]) {
    for (const line of wrapped(text, (width - 2 * MARGIN) / (size * 0.55))) {
      drawn('text', { x: MARGIN, y, 'font-size': size }, picture, line)
      y += size + 4
    }
  }
  const size = { width, height: y + MARGIN / 2 }
  for (const [name, value] of Object.entries(size)) for (const element of [picture, paper]) element.setAttribute(name, value)
  picture.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`)
  return picture
}

function wayOf(edge) {
  const from = edge.sourceEndpoint()
  const to = edge.targetEndpoint()
  const [bend] = edge.controlPoints() ?? []
  return {
    d: `M${from.x} ${from.y}${bend ? `Q${bend.x} ${bend.y} ` : 'L'}${to.x} ${to.y}`,
    fill: 'none',
    stroke: edge.style('line-color'),
    'stroke-width': edge.numericStyle('width'),
    'stroke-dasharray': DASHES[edge.style('line-style')] ?? 'none',
    opacity: edge.numericStyle('opacity'),
  }
}

function nodeInto(plane, node, style) {
  const { x, y } = node.position()
  const half = node.data('size') / 2
  const look = { fill: node.data('colour'), stroke: style.backgroundColor, 'stroke-width': 1.5 }
  const corners = POLYGONS[node.data('shape')]
  if (corners) drawn('polygon', { ...look, points: corners.map(([across, down]) => `${x + across * half},${y + down * half}`).join(' ') }, plane)
  else drawn('circle', { ...look, cx: x, cy: y, r: half }, plane)
  const size = node.data('centre') ? 16 : 13
  const outline = { stroke: style.backgroundColor, 'stroke-width': 3, 'paint-order': 'stroke' }
  const weight = node.data('centre') ? { 'font-weight': 'bold' } : {}
  drawn('text', { x, y: y + half + 4 + size, 'text-anchor': 'middle', 'font-size': size, ...outline, ...weight }, plane, node.data('label'))
}

// The rows of the key side by side, as many as fit; gives where the next line of the picture begins.
function keyInto(picture, rows, begin, width) {
  let [x, y] = [MARGIN, begin]
  for (const row of rows) {
    const room = 40 + row.label.length * 6.6
    if (x > MARGIN && x + room > width - MARGIN) [x, y] = [MARGIN, y + 20]
    const middle = y - 4
    const corners = POLYGONS[row.shape]
    if (corners) drawn('polygon', { fill: row.colour, points: corners.map(([across, down]) => `${x + 9 + across * 6},${middle + down * 6}`).join(' ') }, picture)
    else if (row.shape) drawn('circle', { fill: row.colour, cx: x + 9, cy: middle, r: 6 }, picture)
    else drawn('path', { d: `M${x} ${middle}h22`, stroke: row.colour, 'stroke-width': row.width ?? 3, 'stroke-dasharray': DASHES[row.line] ?? 'none' }, picture)
    drawn('text', { x: x + 28, y, 'font-size': 12 }, picture, row.label)
    x += room
  }
  return y + 24
}

function wrapped(text, longest) {
  const lines = []
  for (const word of text.split(' ').filter(Boolean)) {
    if (lines.length && lines.at(-1).length + word.length < longest) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return lines
}

function drawn(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) if (key !== 'xmlns') element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  parent?.append(element)
  return element
}

