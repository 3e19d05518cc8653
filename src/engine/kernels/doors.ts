// What works on many rows. The pool of threads and what goes through it are loaded at the first call
// (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Gradient boosting of regression trees, grown best leaf first on histograms.
 *
 * Each round adds, per output, the tree that lowers Σ g·f + ½(h + λ)·f² of the loss' gradients g and hessians h. A split's
 * gain is GL²/(HL + λ) + GR²/(HR + λ) − G²/(H + λ) − γ, a leaf's value −learningRate·G/(H + λ).
 * Columns are cut into at most `maxBins` bins at quantiles (unweighted, of 200,000 rows at most); missing values have a
 * bin of their own and go to the side that gains more, or where training saw none, to the side with more rows.
 * Softmax hessians are k/(k − 1)·p(1 − p). Split search uses gradients rounded at random to 14 bits, or float64 where
 * that would be imprecise; leaf values are exact float64 sums.
 *
 * Cost: O(rows·columns) per tree level of the smaller siblings; memory about 2·rows·columns bytes + 24 bytes a row
 * + 5 KiB·columns·maxLeaves.
 *
 * @returns the trees up to the best validation loss, or all without early stopping; the same for any number of threads
 * @throws DataError when more than 4 GiB would be needed, or targets or weights cannot be used
 * @see Friedman 2001, doi:10.1214/aos/1013203451; Chen & Guestrin 2016, doi:10.1145/2939672.2939785
 */
export const trainBoosting = lazily(async () => (await import('./train-boosting.js')).trainBoosting)

/**
 * Raw scores of rows: base score plus the leaf values of all trees, in float64.
 *
 * @param x - rows × columns, row by row; NaN is missing
 * @returns rows × outputs, row by row; the same for any number of threads and equal to {@link predictEnsembleRow}
 * @throws ShapeError when `x` does not have rows × columns values
 */
export const predictEnsemble = lazily(async () => (await import('./predict-ensemble.js')).predictEnsemble)
