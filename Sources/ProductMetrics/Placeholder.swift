// swift-product-analytics
