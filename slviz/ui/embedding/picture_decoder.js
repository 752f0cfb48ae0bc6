// The decoder of an autoencoder of pictures, as slviz/networks/picture_decoder.py has it: from an embedding to pixels.

// What PictureDecoder.to_json gave, with the kernels as flat arrays.
function preparedDecoder(text) {
  const { shape, sizes, start, convolutions } = JSON.parse(text)
  return {
    shape, sizes, start,
    convolutions: convolutions.map(([kernel, shift]) => ({
      outs: kernel.length, ins: kernel[0].length, weights: Float64Array.from(kernel.flat(3)), shift })),
  }
}

// Pixels from 0 to 1: row after row, the channels of a pixel side by side.
function decodedPixels(decoder, embedding) {
  const [weight, bias] = decoder.start
  let state = Float64Array.from(bias, (shift, row) =>
    Math.max(0, weight[row].reduce((sum, value, column) => sum + value * embedding[column], shift)))
  let [height, width] = decoder.sizes[0]
  decoder.convolutions.forEach((convolution, number) => {
    const size = decoder.sizes[number + 1]
    state = convolved(doubled(state, convolution.ins, [height, width], size), convolution, size)
    const isLast = number === decoder.convolutions.length - 1
    state = state.map(isLast ? (value) => 1 / (1 + Math.exp(-value)) : (value) => Math.max(0, value))
    ;[height, width] = size
  })
  const [rows, columns, channels] = decoder.shape // [channels, rows, columns] -> [rows, columns, channels]
  return Float64Array.from({ length: state.length }, (_, at) =>
    Math.min(1, Math.max(0, state[(at % channels) * rows * columns + Math.floor(at / channels)])))
}

// Every place repeated in a block of 2 × 2, cut to `size`, with a rim of zeros.
function doubled(state, channels, [height, width], [rows, columns]) {
  const across = columns + 2
  const padded = new Float64Array(channels * (rows + 2) * across)
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      const from = (channel * height + (row >> 1)) * width
      const to = (channel * (rows + 2) + row + 1) * across + 1
      for (let column = 0; column < columns; column++) padded[to + column] = state[from + (column >> 1)]
    }
  }
  return padded
}

function convolved(padded, { outs, ins, weights, shift }, [rows, columns]) {
  const across = columns + 2
  const sums = new Float64Array(outs * rows * columns)
  for (let out = 0; out < outs; out++) {
    sums.fill(shift[out], out * rows * columns, (out + 1) * rows * columns)
    for (let tap = 0; tap < ins * 9; tap++) {
      const value = weights[out * ins * 9 + tap]
      const down = Math.floor((tap % 9) / 3)
      const right = tap % 3
      for (let row = 0; row < rows; row++) {
        const from = (Math.floor(tap / 9) * (rows + 2) + row + down) * across + right
        const to = (out * rows + row) * columns
        for (let column = 0; column < columns; column++) sums[to + column] += value * padded[from + column]
      }
    }
  }
  return sums
}
