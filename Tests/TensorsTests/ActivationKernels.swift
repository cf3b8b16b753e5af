import CKernels
import Foundation
import TestSupport
import Testing

/// Bias, activations, their gradients and dropout.
enum ActivationKernels {
  static func check() {
    biasAndShape()
    accuracyOfTanh()
    accuracyOfSigmoid()
    gradients()
    dropout()
  }

  private static func value(_ activation: Int, _ x: Double, slope: Double) -> Double {
    switch activation {
    case CK_LEAKY_RELU: x > 0 ? x : x * slope
    case CK_TANH: tanh(x)
    case CK_SIGMOID: 1 / (1 + exp(-x))
    default: x
    }
  }

  private static let activations = [CK_IDENTITY, CK_LEAKY_RELU, CK_TANH, CK_SIGMOID]

  /// Rows of any length, with gaps that are left alone, with and without a bias, in place and not.
  private static func biasAndShape() {
    var numbers = Numbers(11)
    for activation in activations {
      for channels in oddLengths where channels > 0 {
        for (rows, gap) in [(1, 0), (3, 0), (2, 5)] {
          let leading = channels + gap
          let x = numbers.floats(rows * leading).map { $0 * 4 }
          let bias = numbers.floats(channels)
          for hasBias in [false, true] {
            var expected: [Double] = []
            for row in 0..<rows {
              for c in 0..<channels {
                let shifted = x[row * leading + c] + (hasBias ? bias[c] : 0)
                expected.append(value(Int(activation), Double(shifted), slope: 0.2))
              }
            }
            func run(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>) {
              if hasBias {
                ck_bias_activation(from, bias, to, rows, channels, leading, Int32(activation), 0.2)
              } else {
                ck_bias_activation(from, nil, to, rows, channels, leading, Int32(activation), 0.2)
              }
            }
            var apart = [Float](repeating: 9, count: rows * leading)
            run(x, &apart)
            var inPlace = x
            inPlace.withUnsafeMutableBufferPointer { run($0.baseAddress!, $0.baseAddress!) }
            var inside: [Float] = []
            for row in 0..<rows {
              for c in 0..<leading {
                let place = row * leading + c
                if c < channels {
                  inside.append(apart[place])
                  #expect(apart[place].bitPattern == inPlace[place].bitPattern)
                } else {
                  #expect(apart[place] == 9 && inPlace[place] == x[place])
                }
              }
            }
            #expect(
              largestRelativeError(inside, expected) < 1.5e-6,
              "activation \(activation), \(channels) channels")
          }
        }
      }
    }
  }

  private static func apply(_ activation: Int, _ x: [Float]) -> [Float] {
    var y = x
    ck_bias_activation(x, nil, &y, 1, x.count, x.count, Int32(activation), 0)
    return y
  }

  private static let wide: [Float] = (-24000...24000).map { Float($0) * 0.005 }
  private static let small: [Float] = (-140...0).flatMap { exponent -> [Float] in
    [1, 1.25, 1.9999999].flatMap {
      [
        Float(sign: .plus, exponent: exponent, significand: $0),
        -Float(sign: .plus, exponent: exponent, significand: $0),
      ]
    }
  }

  private static func accuracyOfTanh() {
    let x = wide + small + [0, -0.0, 1e30, -1e30, .infinity, -.infinity, .greatestFiniteMagnitude]
    let y = apply(Int(CK_TANH), x)
    #expect(largestRelativeError(y, x.map { tanh(Double($0)) }, floor: 1e-44) < 1.5e-6)
    #expect(y.allSatisfy { abs($0) <= 1 })
    #expect(apply(Int(CK_TANH), [.infinity, -.infinity, 0]) == [1, -1, 0])
    #expect(apply(Int(CK_TANH), [.nan, 1, .nan]).map(\.isNaN) == [true, false, true])
    // Odd to the bit.
    #expect(zip(apply(Int(CK_TANH), wide.map { -$0 }), apply(Int(CK_TANH), wide)).allSatisfy { $0 == -$1 })
  }

  private static func accuracyOfSigmoid() {
    let x = wide + small + [0, -0.0, 1e30, -1e30, .infinity, -.infinity]
    let y = apply(Int(CK_SIGMOID), x)
    // Below -80 it stays at 1.8e-35.
    #expect(largestRelativeError(y, x.map { 1 / (1 + exp(-Double($0))) }, floor: 1e-27) < 1e-6)
    #expect(y.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(apply(Int(CK_SIGMOID), [.infinity, 0]) == [1, 0.5])
    #expect(apply(Int(CK_SIGMOID), [.nan, 0, .nan]).map(\.isNaN) == [true, false, true])
  }

  /// f'(x) from y = f(x).
  private static func gradients() {
    var numbers = Numbers(12)
    for activation in activations {
      for count in oddLengths {
        let y = apply(Int(activation), numbers.floats(count).map { $0 * 3 })
        let gradient = numbers.floats(count)
        var result = gradient
        ck_activation_backward(y, &result, count, Int32(activation), 0.2)
        let expected = zip(y, gradient).map { y, g -> Double in
          let (y, g) = (Double(y), Double(g))
          switch activation {
          case CK_LEAKY_RELU: return y > 0 ? g : g * 0.2
          case CK_TANH: return g * (1 - y * y)
          case CK_SIGMOID: return g * y * (1 - y)
          default: return g
          }
        }
        // 1 - y^2 may lose its last digits where y is near 1.
        #expect(largestRelativeError(result, expected, floor: 0.01) < 1e-5)
      }
    }
    var atKink: [Float] = [2, 2, 2]
    ck_activation_backward([0, -0.0, .leastNonzeroMagnitude], &atKink, 3, Int32(CK_LEAKY_RELU), 0.25)
    #expect(atKink == [0.5, 0.5, 2])
  }

  private static func dropout() {
    var numbers = Numbers(13)
    for count in oddLengths {
      for rate: Float in [0, 0.3, 0.5, 0.9] {
        let x = numbers.floats(count)
        var uniform = numbers.floats(count).map { abs($0) }
        if count > 2 { uniform[1] = rate }
        var y = [Float](repeating: 5, count: count)
        ck_dropout(x, uniform, rate, &y, count)
        let keep = 1 / (1 - rate)
        #expect(sameBits(y, zip(x, uniform).map { $1 >= rate ? $0 * keep : 0 }))
        var inPlace = x
        inPlace.withUnsafeMutableBufferPointer {
          ck_dropout($0.baseAddress, uniform, rate, $0.baseAddress, count)
        }
        #expect(sameBits(y, inPlace))
      }
    }
    var blocked: [Float] = [1, 1]
    ck_dropout([.nan, .infinity], [0, 0], 0.5, &blocked, 2)
    #expect(blocked == [0, 0])
  }
}
