import Cluster
import Tensors

/// Which of the maps draw the object.
extension WindowDropping {
  /// Fits the regression.
  /// - Parameter masks: where each picture shows the object; nil: it does not.
  func regression(
    seeds: [UInt64], masks: [PictureMask?], stream: Int
  ) throws -> (weights: [Double], fit: Accuracy) {
    let plan = CellPlan(masks.map { $0?.cells(of: studio.grid) }, seed: 1, stream: stream)
    guard plan.isInside.contains(true), plan.isInside.contains(false) else {
      let place = plan.isInside.isEmpty ? "no position" : "every position"
      throw RunError(
        "\(place) of the \(studio.grid.rows) x \(studio.grid.columns) of \(studio.maps.name) lies in the object, so the regression has "
          + "nothing to tell apart: take another --layer, or other boxes")
    }
    let values = try studio.rows(plan, of: seeds)
    let rows = try LinearRows(sharing: values, on: communicator, pool: pool)
    // The weight of all positions together is 1. With a larger one maps that resemble each other get large weights of both
    // signs.
    let model = try FittedModel(
      LinearTask(
        loss: .logistic, c: 1 / Double(plan.count), rows: Array(0..<plan.count), isPositive: plan.isInside),
      on: rows, communicator: communicator, pool: pool)
    let right = plan.isInside.enumerated().count { row, isInside in
      (model.function(values.values.data + row * studio.maps.shape.channels) > 0) == isInside
    }
    return (model.standardised, Accuracy(right: right, of: plan.count))
  }

  /// The maps that are dropped: those whose weight is more than the threshold's share of the largest.
  func dropped(_ weights: [Double]) throws -> [Int] {
    let largest = weights.max() ?? 0
    guard largest > 0 else {
      throw RunError(
        "no map of \(studio.maps.name) has a positive weight, so none draws the object: take another --layer")
    }
    return weights.indices.filter { weights[$0] > request.threshold * largest }
  }
}
